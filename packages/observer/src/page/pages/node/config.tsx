/**
 * page/pages/node/config: the configuration that holds for a node, from which level, and changes.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { ConfigSheet, Page } from 'troupe'
import { value } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, Card, Empty, ProblemBox } from '#page/kit/basics'
import { Choice, Field } from '#page/kit/fields'
import { type Column, Table } from '#page/kit/table'
import { nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import { typedValue, ValueField } from './env.js'

const LEVELS = [
  ['global', 'of all clusters'],
  ['cluster', 'of the cluster'],
  ['node', 'of this node, in all clusters'],
  ['cluster-node', 'of this node in its cluster'],
] as const
type Level = (typeof LEVELS)[number][0]

const columnsOf = (node: string): readonly Column<ConfigSheet>[] => [
  {
    ...{ id: 'item', title: 'Item', width: 'minmax(110px, 1fr)' },
    cell: ({ item }) => <span class="mono">{item}</span>,
  },
  {
    ...{ id: 'value', title: 'Value', width: 'minmax(100px, 2fr)' },
    cell: (entry) => (
      <span class="mono" title={value(entry.value)}>
        {value(entry.value)}
      </span>
    ),
  },
  {
    ...{ id: 'level', title: 'Level', width: '120px', wide: true },
    cell: ({ level }) => <Badge>{level}</Badge>,
  },
  {
    ...{ id: 'do', title: '', width: '160px', align: 'end' },
    cell: (entry) => (
      <span class="cell-actions">
        <Change node={node} entry={entry} />
        <Action
          node={node}
          needs="config"
          label="Delete"
          confirm={entry.item}
          words={`The entry at the level ${entry.level} is deleted for all whom it is for.`}
          order={{ do: 'config-delete', item: entry.item, level: entry.level, node: entry.node }}
        />
      </span>
    ),
  },
]

/** All items. */
export function NodeConfig({ node }: { readonly node: string }): VNode {
  const { sheet, problem } = useSubject<Page<ConfigSheet>>(
    nodeAddress(node, 'config', { limit: 500 }),
  )
  return (
    <Card title="Configuration" actions={<Change node={node} />} flush>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Table
        label="Configuration of the node"
        columns={columnsOf(node)}
        rows={problem === undefined ? sheet?.rows : []}
        keyOf={({ item }) => item}
        empty={<Empty title="No item is set for this node" />}
      />
    </Card>
  )
}

function Change({ node, entry }: { readonly node: string; readonly entry?: ConfigSheet }): VNode {
  const item = useSignal(entry?.item ?? '')
  const text = useSignal(entry === undefined ? '' : value(entry.value))
  const level = useSignal<Level>(entry?.level ?? 'cluster')
  const ofNode = level.value === 'node' || level.value === 'cluster-node'
  const about = ofNode ? { node: entry?.node ?? node } : {}
  return (
    <Action
      node={node}
      needs="config"
      label={entry === undefined ? 'Add' : 'Change'}
      words="It is written for all whom it is for, and told to them."
      order={{
        ...{ do: 'config-put', item: item.value, level: level.value, ...about },
        value: typedValue(text.value),
      }}
    >
      {entry === undefined && (
        <Field
          label="Item"
          value={item.value}
          onValue={(typed) => {
            item.value = typed
          }}
        />
      )}
      <ValueField text={text} />
      {entry === undefined && (
        <Choice
          label="Level"
          value={level.value}
          choices={LEVELS}
          onValue={(chosen) => {
            level.value = chosen
          }}
        />
      )}
    </Action>
  )
}
