/**
 * page/pages/node/env: the environment of a node: what every process inherits.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { NodeSheet } from 'troupe'
import { value } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Card, Empty } from '#page/kit/basics'
import { Field } from '#page/kit/fields'
import { type Column, Table } from '#page/kit/table'

interface Entry {
  readonly key: string
  readonly shown: string | undefined
}

/** What was typed: JSON where it is that, else a text. */
export function typedValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const columnsOf = (node: string): readonly Column<Entry>[] => [
  {
    ...{ id: 'key', title: 'Key', width: 'minmax(110px, 1fr)' },
    cell: ({ key }) => <span class="mono">{key}</span>,
  },
  {
    ...{ id: 'value', title: 'Value', width: 'minmax(110px, 2fr)' },
    cell: ({ shown }) =>
      shown === undefined ? (
        <span class="aside">not shown</span>
      ) : (
        <span class="mono" title={shown}>
          {shown}
        </span>
      ),
  },
  {
    ...{ id: 'do', title: '', width: '90px', align: 'end' },
    cell: ({ key, shown }) => <Change node={node} name={key} before={shown ?? ''} />,
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
  const rows = sheet?.envKeys.map((key): Entry => {
    const shown = sheet.env?.[key]
    return { key, shown: shown === undefined ? undefined : value(shown) }
  })
  return (
    <Card
      title="Environment"
      note={sheet !== undefined && sheet.env === undefined ? 'values are hidden here' : ''}
      actions={<Change node={node} before="" />}
      flush
    >
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

function Change({
  node,
  name,
  before,
}: {
  readonly node: string
  readonly name?: string
  readonly before: string
}): VNode {
  const key = useSignal(name ?? '')
  const text = useSignal(before)
  return (
    <Action
      node={node}
      needs="config"
      label={name === undefined ? 'Add' : 'Change'}
      words="It holds for what is spawned from now on."
      order={{ do: 'env', key: key.value, value: typedValue(text.value) }}
    >
      {name === undefined && (
        <Field
          label="Key"
          value={key.value}
          onValue={(typed) => {
            key.value = typed
          }}
        />
      )}
      <ValueField text={text} />
    </Action>
  )
}

/** Where a value is typed. */
export const ValueField = ({ text }: { readonly text: { value: string } }): VNode => (
  <Field
    label="Value: JSON, or a text"
    value={text.value}
    onValue={(typed) => {
      text.value = typed
    }}
  />
)
