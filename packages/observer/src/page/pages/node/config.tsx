/**
 * page/pages/node/config: the configuration that holds for a node, from which level, and changes.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { ConfigSheet, Page } from 'troupe'
import { value } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, Card, Empty, ProblemBox } from '#page/kit/basics'
import { Choice } from '#page/kit/fields'
import { type Column, Table } from '#page/kit/table'
import { nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import {
  type Draft,
  draftOf,
  typedOf,
  type ValueKind,
  type Withheld,
} from '#page/model/typed-value'
import { KIND_NAMES, TextIn, ValueEditor } from './value-editor.js'

const LEVELS = [
  ['global', 'of all clusters'],
  ['cluster', 'of the cluster'],
  ['node', 'of this node, in all clusters'],
  ['cluster-node', 'of this node in its cluster'],
] as const
type Level = (typeof LEVELS)[number][0]

const KINDS: readonly ValueKind[] = ['text', 'number', 'bigint', 'flag']
const KIND_OF = { string: 'text', number: 'number', bigint: 'bigint', boolean: 'flag' } as const
const TYPE_OF: Readonly<Record<string, string>> = {
  text: 'string',
  number: 'number',
  bigint: 'bigint',
  flag: 'boolean',
}

const kindIn = ({ type }: ConfigSheet): ValueKind => KIND_OF[type]

const withheldIn = (entry: ConfigSheet | undefined): Withheld =>
  entry === undefined || entry.whole ? undefined : entry.hidden ? 'hidden' : 'cut'

const COLUMNS: readonly Column<ConfigSheet>[] = [
  {
    ...{ id: 'item', title: 'Item', width: 'minmax(110px, 1fr)' },
    cell: ({ item }) => <span class="mono">{item}</span>,
  },
  {
    ...{ id: 'value', title: 'Value', width: 'minmax(90px, 2fr)' },
    cell: (entry) =>
      withheldIn(entry) === 'hidden' ? (
        <span class="aside">hidden</span>
      ) : (
        <span class="mono" title={value(entry.value)}>
          {value(entry.value)}
        </span>
      ),
  },
  {
    ...{ id: 'type', title: 'Type', width: '100px', wide: true },
    cell: (entry) => <Badge>{KIND_NAMES[kindIn(entry)]}</Badge>,
  },
  {
    ...{ id: 'level', title: 'Level', width: '100px', wide: true },
    cell: ({ level }) => <Badge>{level}</Badge>,
  },
]

const columnsOf = (node: string): readonly Column<ConfigSheet>[] => [
  ...COLUMNS,
  {
    ...{ id: 'do', title: '', width: '140px', align: 'end', below: true },
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

const draftIn = (entry: ConfigSheet | undefined): Draft =>
  entry === undefined || withheldIn(entry) === undefined
    ? draftOf(entry?.value, entry && kindIn(entry))
    : { kind: kindIn(entry), text: '' }

function Change({ node, entry }: { readonly node: string; readonly entry?: ConfigSheet }): VNode {
  const item = useSignal(entry?.item ?? '')
  const draft = useSignal<Draft>(draftIn(entry))
  const level = useSignal<Level>(entry?.level ?? 'cluster')
  const ofNode = level.value === 'node' || level.value === 'cluster-node'
  const about = ofNode ? { node: entry?.node ?? node } : {}
  const typed = typedOf(draft.value)
  const given = typed.kind === 'ready' ? { value: typed.value } : {}
  const isNamed = item.value.trim() !== ''
  return (
    <Action
      node={node}
      needs="config"
      label={entry === undefined ? 'Add' : 'Change'}
      title={entry === undefined ? 'Add to the configuration' : `Change ${entry.item}`}
      words="It is written for all whom it is for, and told to them."
      order={{
        ...{ do: 'config-put', item: item.value, level: level.value, ...about },
        ...{ ...given, type: TYPE_OF[draft.value.kind] },
      }}
      notYet={!isNamed ? 'Name the item.' : typed.kind === 'wrong' ? typed.problem : undefined}
      onOpen={() => {
        draft.value = draftIn(entry)
      }}
    >
      {entry === undefined && <TextIn label="Item" of={item} />}
      <ValueEditor
        draft={draft}
        kinds={KINDS}
        before={entry === undefined ? undefined : kindIn(entry)}
        withheld={withheldIn(entry)}
      />
      {entry === undefined && <LevelChoice level={level} />}
    </Action>
  )
}

const LevelChoice = ({ level }: { readonly level: { value: Level } }): VNode => (
  <Choice
    label="Level"
    value={level.value}
    choices={LEVELS}
    onValue={(chosen) => {
      level.value = chosen
    }}
  />
)
