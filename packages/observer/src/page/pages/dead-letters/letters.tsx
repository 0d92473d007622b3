/**
 * page/pages/dead-letters/letters: dead letters one by one, and one of them whole.
 */
import type { VNode } from 'preact'
import { clockTime, count, dateTime, exactTime } from '#page/base/format'
import { Badge, Card, Empty, KeyValue } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import { NodeLink, PidLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { pidWithin } from '#page/model/pid-text'
import type { ToldDeadLetter } from '#page/model/told'
import { Word } from '#page/pages/parts/process-columns'
import { setQuery } from '#page/router'

export type Letter = ToldDeadLetter & { readonly node?: string }

export interface LettersProps {
  /** Undefined: of all nodes. */
  readonly node: string | undefined
  readonly rows: readonly Letter[] | undefined
  readonly gone: number
  readonly isFiltered: boolean
  readonly query: URLSearchParams
}

const keyOf = ({ node = '', number }: Letter): string => `${node} ${number}`.trim()

export function Letters({ node, rows, gone, isFiltered, query }: LettersProps): VNode {
  const opened = rows?.find((row) => keyOf(row) === query.get('letter'))
  const note =
    gone > 0 ? (
      <span class="figure">{count(gone)} more were counted and are not kept</span>
    ) : undefined
  return (
    <>
      <Card title="The newest" note={note} flush>
        <Table
          label="Dead letters"
          heightMax={620}
          columns={columnsOf(node)}
          rows={rows}
          keyOf={keyOf}
          onOpen={(row) => setQuery({ letter: keyOf(row) })}
          empty={
            <Empty title="No dead letter is kept">
              {isFiltered ? 'None is like that.' : 'Each message was handled, or waits.'}
            </Empty>
          }
        />
      </Card>
      {opened !== undefined && <Whole letter={opened} node={node ?? opened.node} />}
    </>
  )
}

function Whole({
  letter: { timeMs, cause, message, from, to, count: times },
  node,
}: {
  readonly letter: Letter
  readonly node: string | undefined
}): VNode {
  return (
    <Dialog title={message} wide onClose={() => setQuery({ letter: undefined })}>
      <KeyValue
        rows={[
          ['Time', <time title={exactTime(timeMs)}>{dateTime(timeMs)}</time>],
          ['Cause', <Badge tone="warn">{cause}</Badge>],
          ['Count', count(times)],
          ['From', from === undefined ? 'a node' : <PidLink pid={from} />],
          ['To', <PidLink pid={to} />],
          ['Told by', node === undefined ? '–' : <NodeLink node={node} />],
        ]}
      />
    </Dialog>
  )
}

const columnsOf = (node: string | undefined): readonly Column<Letter>[] => [
  {
    id: 'time',
    title: 'Time',
    width: '66px',
    cell: ({ timeMs }) => <span title={exactTime(timeMs)}>{clockTime(timeMs)}</span>,
  },
  ...(node === undefined ? [NODE_COLUMN] : []),
  {
    id: 'cause',
    title: 'Cause',
    width: '132px',
    cell: ({ cause }) => <Badge tone="warn">{cause}</Badge>,
  },
  {
    id: 'message',
    title: 'Message',
    width: 'minmax(76px, 1.4fr)',
    cell: ({ message }) => <Word text={message} />,
  },
  {
    id: 'count',
    title: 'Count',
    width: '52px',
    align: 'end',
    wide: true,
    cell: (row) => (
      <span class={row.count > 1 ? 'figure' : 'figure quiet'}>{count(row.count)}</span>
    ),
  },
  ...endsOf(node),
]

const NODE_COLUMN: Column<Letter> = {
  id: 'node',
  title: 'Node',
  width: 'minmax(104px, 1fr)',
  wide: true,
  cell: ({ node }) => (node === undefined ? null : <NodeLink node={node} page="dead-letters" />),
}

/** On the page of one node its pids need not name it. */
const endsOf = (node: string | undefined): readonly Column<Letter>[] => [
  {
    id: 'from',
    title: 'From',
    width: 'minmax(90px, 1fr)',
    wide: true,
    cell: ({ from, node: of }) =>
      from === undefined ? (
        <span class="quiet">a node</span>
      ) : (
        <PidLink pid={from} name={pidWithin(from, of ?? node ?? '')} />
      ),
  },
  {
    id: 'to',
    title: 'To',
    width: 'minmax(90px, 1.6fr)',
    wide: true,
    cell: ({ to, node: of }) => <PidLink pid={to} name={pidWithin(to, of ?? node ?? '')} />,
  },
]
