/**
 * page/pages/parts/process-columns: the columns of a table of processes.
 */
import type { VNode } from 'preact'
import type { PidText } from '#observer/contract/api'
import { count, duration, percent, rate, short } from '#page/base/format'
import { State } from '#page/kit/basics'
import { PidLink } from '#page/kit/links'
import type { Column } from '#page/kit/table'
import { pidWithin } from '#page/model/pid-text'
import type { RowRates } from '#page/model/row-rates'
import type { ToldProcessRow } from '#page/model/told'
import { heatOf } from '#page/model/tree-colour'
import { nodePath } from '#page/place'

/** What happens now, or all that has happened. */
export type Figures = 'rate' | 'total'

export interface ColumnsOf {
  /** The node whose processes they are; undefined: of several nodes. */
  readonly node: string | undefined
  readonly rates: ReadonlyMap<PidText, RowRates>
  readonly figures: Figures
}

type Row = ToldProcessRow

const NAMES: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(80px, 1.6fr)',
    cell: ({ name }) => <Word text={name} />,
  },
  {
    id: 'application',
    title: 'Application',
    width: 'minmax(72px, 1fr)',
    wide: true,
    cell: ({ application }) => <Word text={application} />,
  },
  {
    id: 'behaviour',
    title: 'Behaviour',
    width: 'minmax(64px, 1.2fr)',
    wide: true,
    cell: ({ behaviour }) => <Word text={behaviour} />,
  },
  { id: 'state', title: 'State', width: '78px', cell: ({ state }) => <State state={state} /> },
  {
    id: 'mailbox',
    title: 'Mailbox',
    width: '62px',
    align: 'end',
    sort: 'mailbox',
    cell: ({ mailbox }) => <Heat of="mailbox" value={mailbox} text={short(mailbox)} />,
  },
  {
    id: 'wait',
    title: 'Wait',
    width: '54px',
    align: 'end',
    sort: 'wait',
    cell: ({ oldestWaitMs }) => (
      <Heat of="wait" value={oldestWaitMs} text={oldestWaitMs > 0 ? duration(oldestWaitMs) : '0'} />
    ),
  },
]

/** All columns of the reference; figures by second, or since the start. */
export function processColumns({ node, rates, figures }: ColumnsOf): readonly Column<Row>[] {
  const of = (row: Row): RowRates | undefined => rates.get(row.pid)
  const total = figures === 'total'
  return [
    {
      id: 'pid',
      title: 'Pid',
      width: node === undefined ? 'minmax(120px, 1.6fr)' : '68px',
      cell: ({ pid }) =>
        node === undefined ? <PidLink pid={pid} /> : <RowPid pid={pid} node={node} />,
    },
    ...NAMES,
    figure('in', 'In', 'messages-in', (row) =>
      total ? short(row.messagesIn) : rate(of(row)?.messagesIn),
    ),
    figure('out', 'Out', 'messages-out', (row) =>
      total ? short(row.messagesOut) : rate(of(row)?.messagesOut),
    ),
    figure('running', 'Running', 'running', (row) =>
      total ? duration(row.runningMs) : percent(of(row)?.utilisation),
    ),
    // Of several nodes the pids need the room.
    ...(node === undefined
      ? []
      : [
          figure('wake-ups', 'Wake-ups', undefined, (row) =>
            total ? short(row.wakeUps) : rate(of(row)?.wakeUps),
          ),
        ]),
    { ...figure('uptime', 'Uptime', 'age', (row) => duration(row.uptimeMs)), width: '62px' },
    figure('restarts', 'Restarts', 'restarts', ({ restarts }) => count(restarts)),
  ]
}

const figure = (
  id: string,
  title: string,
  sort: string | undefined,
  cell: (row: Row) => string,
): Column<Row> => ({
  id,
  title,
  width: '54px',
  align: 'end',
  wide: true,
  ...(sort === undefined ? {} : { sort }),
  cell,
})

/** A pid in the table of its own node: the name of the node would say nothing. */
function RowPid({
  pid,
  node,
}: {
  readonly pid: PidText
  readonly node: string | undefined
}): VNode {
  if (node === undefined) return <span class="mono">{pid}</span>
  return (
    <a class="mono" href={nodePath(node, 'processes', [pid])} title={pid}>
      {pidWithin(pid, node)}
    </a>
  )
}

/** Foreign text in one line; whole when it is pointed at. */
export function Word({ text }: { readonly text: string | undefined }): VNode {
  if (text === undefined) return <span class="quiet">–</span>
  return (
    <span class="word" title={text}>
      {text}
    </span>
  )
}

/** A figure whose weight tells how bad it is. */
export function Heat({
  of,
  value,
  text,
}: {
  readonly of: Parameters<typeof heatOf>[0]
  readonly value: number
  readonly text: string
}): VNode {
  return <span class={`heat figure-end heat-text-${heatOf(of, value)}`}>{text}</span>
}
