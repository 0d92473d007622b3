/**
 * page/pages/parts/process-columns: the columns of a table of processes.
 *
 * Figures are narrow, and those that are nothing are pale; names have the rest.
 */
import type { VNode } from 'preact'
import type { PidText } from '#observer/contract/api'
import { count, duration, percent, short, UNKNOWN } from '#page/base/format'
import { isNarrow } from '#page/frame/theme'
import { State } from '#page/kit/basics'
import { NodeLink } from '#page/kit/links'
import type { Column } from '#page/kit/table'
import { pidParts, pidWithin } from '#page/model/pid-text'
import type { ColumnId } from '#page/model/process-columns'
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
  readonly chosen: readonly ColumnId[]
}

type Row = ToldProcessRow

/** Of several nodes each row names its own. */
const NODE: Column<Row> = {
  id: 'node',
  title: 'Node',
  width: 'minmax(126px, 1.2fr)',
  wide: true,
  cell: ({ pid }) => <NodeLink node={pidParts(pid)?.node ?? ''} page="processes" />,
}

const PID: Column<Row> = {
  id: 'pid',
  title: 'Pid',
  width: '80px',
  wide: true,
  cell: ({ pid }) => (
    <a class="mono" href={pathOf(pid)} title={pid}>
      {pidWithin(pid, pidParts(pid)?.node ?? '')}
    </a>
  ),
}

const pathOf = (pid: PidText): string => nodePath(pidParts(pid)?.node ?? '', 'processes', [pid])

const NAMES: readonly Column<Row>[] = [
  {
    id: 'application',
    title: 'Application',
    width: 'minmax(66px, 0.8fr)',
    wide: true,
    cell: ({ application }) => <Word text={application} />,
  },
  {
    id: 'behaviour',
    title: 'Behaviour',
    width: 'minmax(72px, 1fr)',
    wide: true,
    cell: ({ behaviour }) => <Word text={behaviour} />,
  },
  { id: 'kind', title: 'Kind', width: '72px', wide: true, cell: ({ kind }) => kind },
  { id: 'state', title: 'State', width: '74px', cell: ({ state }) => <State state={state} /> },
  {
    id: 'mailbox',
    title: 'Mailbox',
    width: '56px',
    align: 'end',
    sort: 'mailbox',
    cell: ({ mailbox }) => <Heat of="mailbox" value={mailbox} text={short(mailbox)} />,
  },
  {
    id: 'wait',
    title: 'Wait',
    width: '74px',
    align: 'end',
    sort: 'wait',
    cell: ({ oldestWaitMs }) => (
      <Heat of="wait" value={oldestWaitMs} text={oldestWaitMs > 0 ? duration(oldestWaitMs) : '0'} />
    ),
  },
]

/** All columns that were chosen; figures by second, or since the start. */
export function processColumns(of: ColumnsOf): readonly Column<Row>[] {
  const { node, chosen } = of
  const name: Column<Row> = {
    id: 'name',
    title: 'Process',
    width: 'minmax(76px, 2.2fr)',
    cell: (row) => <Name row={row} behaves={!isNarrow.value && !chosen.includes('behaviour')} />,
  }
  const others = [...NAMES, ...figureColumns(of)].filter(({ id }) =>
    chosen.includes(id as ColumnId),
  )
  return [...(node === undefined ? [NODE] : []), PID, name, ...others]
}

function figureColumns({ rates, figures }: ColumnsOf): readonly Column<Row>[] {
  const of = ({ pid }: Row): RowRates | undefined => rates.get(pid)
  if (figures === 'total') {
    return [
      figure('in', 'In', ({ messagesIn }) => [messagesIn, short], { sort: 'messages-in' }),
      figure('out', 'Out', ({ messagesOut }) => [messagesOut, short], { sort: 'messages-out' }),
      figure('running', 'Running', ({ runningMs }) => [runningMs, duration], { sort: 'running' }),
      figure('wake-ups', 'Wake-ups', ({ wakeUps }) => [wakeUps, short]),
      ...AGES,
    ]
  }
  return [
    figure('in', 'In/s', (row) => [of(row)?.messagesIn, calm], { sort: 'messages-in' }),
    figure('out', 'Out/s', (row) => [of(row)?.messagesOut, calm], { sort: 'messages-out' }),
    figure('running', 'Busy', (row) => [of(row)?.utilisation, percent], { sort: 'running' }),
    figure('wake-ups', 'Wakes/s', (row) => [of(row)?.wakeUps, calm]),
    ...AGES,
  ]
}

/** In a second, where the head of the column says so. */
const calm = (perSecond: number | undefined): string =>
  short(perSecond !== undefined && perSecond < 0.005 ? 0 : perSecond)

type Written = (value: number | undefined) => string

const figure = (
  id: ColumnId,
  title: string,
  of: (row: Row) => readonly [number | undefined, Written],
  { sort, width = '50px' }: { readonly sort?: string; readonly width?: string } = {},
): Column<Row> => ({
  ...{ id, title, width, align: 'end', wide: true },
  ...(sort === undefined ? {} : { sort }),
  cell: (row) => <Figure of={of(row)} />,
})

/** Nothing is pale: what is not nothing is found at once. */
function Figure({
  of: [value, written],
}: {
  readonly of: readonly [number | undefined, Written]
}): VNode {
  const text = value === 0 ? '0' : written(value)
  return <span class={text === '0' || text === UNKNOWN ? 'figure quiet' : 'figure'}>{text}</span>
}

const AGES: readonly Column<Row>[] = [
  figure('uptime', 'Uptime', ({ uptimeMs }) => [uptimeMs, duration], {
    sort: 'age',
    width: '74px',
  }),
  figure('restarts', 'Restarts', ({ restarts }) => [restarts, count], { sort: 'restarts' }),
]

/** The registered name, and what it runs where that is called otherwise. */
function Name({ row, behaves }: { readonly row: Row; readonly behaves: boolean }): VNode {
  const { pid, name, behaviour } = row
  const other = behaves && name !== undefined && behaviour !== name ? behaviour : undefined
  return (
    <a class="word process-name" href={pathOf(pid)} title={`${name ?? ''} ${behaviour}`.trim()}>
      {name ?? <span class="quiet">{behaviour}</span>}
      {other !== undefined && <span class="quiet"> {other}</span>}
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
