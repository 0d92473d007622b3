/**
 * page/pages/node/env: the environment of a node: what every process inherits.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { NodeSheet } from 'troupe'
import { value } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, Card, Empty } from '#page/kit/basics'
import { type Column, Table } from '#page/kit/table'
import {
  type Draft,
  draftOf,
  kindOf,
  typedOf,
  type ValueKind,
  type Withheld,
  withheldOf,
} from '#page/model/typed-value'
import { KIND_NAMES, TextIn, ValueEditor } from './value-editor.js'

interface Entry {
  readonly key: string
  /** The node tells the value. */
  readonly isTold: boolean
  readonly value: unknown
}

const columnsOf = (node: string): readonly Column<Entry>[] => [
  {
    ...{ id: 'key', title: 'Key', width: 'minmax(110px, 1fr)' },
    cell: ({ key }) => <span class="mono">{key}</span>,
  },
  {
    ...{ id: 'value', title: 'Value', width: 'minmax(110px, 2fr)' },
    cell: (entry) =>
      entry.isTold ? (
        <span class="mono" title={value(entry.value)}>
          {value(entry.value)}
        </span>
      ) : (
        <span class="aside">not shown</span>
      ),
  },
  {
    ...{ id: 'type', title: 'Type', width: '120px', wide: true },
    cell: (entry) => entry.isTold && <Badge>{KIND_NAMES[kindOf(entry.value)]}</Badge>,
  },
  {
    ...{ id: 'do', title: '', width: '140px', align: 'end', below: true },
    cell: (entry) => (
      <span class="cell-actions">
        <Change node={node} entry={entry} />
        <Action
          node={node}
          needs="config"
          label="Delete"
          confirm={entry.key}
          words="What is spawned from now on does not have it."
          order={{ do: 'env', key: entry.key }}
        />
      </span>
    ),
  },
]

/** All keys. */
export function NodeEnv({
  node,
  sheet,
}: {
  readonly node: string
  readonly sheet: NodeSheet | undefined
}): VNode {
  const env = sheet?.env
  const isCut = env !== undefined && withheldOf(env) === 'cut' && Object.hasOwn(env, '…')
  const rows = sheet?.envKeys.map((key): Entry => {
    const isTold = env !== undefined && Object.hasOwn(env, key)
    return { key, isTold, value: isTold ? env[key] : undefined }
  })
  const note = isCut
    ? 'the values are longer than is told'
    : sheet !== undefined && env === undefined
      ? 'values are not shown: option system.envValues'
      : ''
  return (
    <Card title="Environment" note={note} actions={<Change node={node} />} flush>
      <Table
        label="Environment of the node"
        columns={columnsOf(node)}
        rows={rows}
        keyOf={({ key }) => key}
        empty={<Empty title="The environment of this node is empty" />}
      />
    </Card>
  )
}

const KINDS: readonly ValueKind[] = ['text', 'number', 'flag', 'json', 'nothing']

/** What is not told is replaced as a whole, as what is hidden. */
const withheldIn = (entry: Entry | undefined): Withheld =>
  entry === undefined ? undefined : entry.isTold ? withheldOf(entry.value) : 'hidden'

function Change({ node, entry }: { readonly node: string; readonly entry?: Entry }): VNode {
  const key = useSignal(entry?.key ?? '')
  const draft = useSignal<Draft>(draftOf(entry?.value))
  const typed = typedOf(draft.value)
  const withheld = withheldIn(entry)
  const isNamed = key.value.trim() !== ''
  return (
    <Action
      node={node}
      needs="config"
      label={entry === undefined ? 'Add' : 'Change'}
      title={entry === undefined ? 'Add to the environment' : `Change ${entry.key}`}
      words="It holds for what is spawned from now on."
      order={{
        do: 'env',
        key: key.value,
        ...(typed.kind === 'ready' ? { value: typed.value } : {}),
      }}
      notYet={!isNamed ? 'Give it a key.' : typed.kind === 'wrong' ? typed.problem : undefined}
      onOpen={() => {
        key.value = entry?.key ?? ''
        draft.value = draftOf(entry?.value)
      }}
    >
      {entry === undefined && <TextIn label="Key" of={key} />}
      <ValueEditor
        draft={draft}
        kinds={KINDS}
        before={entry?.isTold === true ? kindOf(entry.value) : undefined}
        withheld={withheld}
      />
    </Action>
  )
}
