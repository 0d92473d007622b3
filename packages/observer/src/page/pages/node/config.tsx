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
  type ConfigFields,
  type ConfigLevel,
  configFieldsOf,
  configOrder,
  kindIn,
  withheldIn,
} from '#page/model/config-change'
import { typedOf, type ValueKind } from '#page/model/typed-value'
import { KIND_NAMES, TextIn, ValueEditor } from './value-editor.js'

const LEVELS: readonly (readonly [ConfigLevel, string])[] = [
  ['global', 'of all clusters'],
  ['cluster', 'of the cluster'],
  ['node', 'of this node, in all clusters'],
  ['cluster-node', 'of this node in its cluster'],
]

const KINDS: readonly ValueKind[] = ['text', 'number', 'bigint', 'flag']

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
        <Remove node={node} entry={entry} />
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

function Remove({ node, entry }: { readonly node: string; readonly entry: ConfigSheet }): VNode {
  const opened = useSignal(entry)
  const { item, level, node: of } = opened.value
  return (
    <Action
      node={node}
      needs="config"
      label="Delete"
      confirm={item}
      words={`The entry at the level ${level} is deleted for all whom it is for.`}
      order={{ do: 'config-delete', item, level, node: of }}
      onOpen={() => {
        opened.value = entry
      }}
    />
  )
}

/** One field of several that are held together. */
const part = <K extends keyof ConfigFields>(of: { value: ConfigFields }, key: K) => ({
  get value(): ConfigFields[K] {
    return of.value[key]
  },
  set value(value) {
    of.value = { ...of.value, [key]: value }
  },
})

function Change({ node, entry }: { readonly node: string; readonly entry?: ConfigSheet }): VNode {
  // What is written is what the row told when the window opened, level and node with it: the row
  // stays one while its entry goes to another level.
  const opened = useSignal(entry)
  const fields = useSignal(configFieldsOf(entry))
  const typed = typedOf(fields.value.draft)
  const isNamed = fields.value.item.trim() !== ''
  return (
    <Action
      node={node}
      needs="config"
      label={entry === undefined ? 'Add' : 'Change'}
      title={entry === undefined ? 'Add to the configuration' : `Change ${entry.item}`}
      words={
        entry === undefined
          ? 'It is written for all whom it is for, and told to them.'
          : `It is written at the level ${fields.value.level}, and told to all whom it is for.`
      }
      order={configOrder(fields.value, node)}
      notYet={!isNamed ? 'Name the item.' : typed.kind === 'wrong' ? typed.problem : undefined}
      onOpen={() => {
        opened.value = entry
        fields.value = configFieldsOf(entry)
      }}
    >
      {entry === undefined && <TextIn label="Item" of={part(fields, 'item')} />}
      <ValueEditor
        draft={part(fields, 'draft')}
        kinds={KINDS}
        before={opened.value === undefined ? undefined : kindIn(opened.value)}
        withheld={withheldIn(opened.value)}
      />
      {entry === undefined && <LevelChoice level={part(fields, 'level')} />}
    </Action>
  )
}

const LevelChoice = ({ level }: { readonly level: { value: ConfigLevel } }): VNode => (
  <Choice
    label="Level"
    value={level.value}
    choices={LEVELS}
    onValue={(chosen) => {
      level.value = chosen
    }}
  />
)
