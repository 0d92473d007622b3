/**
 * view/top-view: the screen of `troupe top`: a node in two lines, and its busiest processes.
 *
 * What is shown of a second is the difference of two answers; in the first one it is what happened
 * since the spawn, as a mean.
 */
import { safeText } from '#terminal/safe-text'
import { type Cell, type Column, tableLines } from '#terminal/table'
import { bytes, count, duration, rate } from '#terminal/units'
import { fitted } from '#terminal/width'
import type { Layout } from './layout.js'
import { nameText, type ProcessRow, pidText } from './process-row.js'

/** By what the processes are ordered; each has a key. */
export const TOP_ORDERS = Object.freeze(['running', 'mailbox', 'in', 'out', 'age'] as const)
export type TopOrder = (typeof TOP_ORDERS)[number]

/** The key that is pressed for each order. */
export const ORDER_KEYS: Readonly<Record<string, TopOrder>> = Object.freeze({
  r: 'running',
  m: 'mailbox',
  i: 'in',
  o: 'out',
  a: 'age',
})

/** What is shown of the node itself. */
export interface TopNode {
  readonly name: string
  readonly uptimeMs: number
  readonly processes: number
  readonly applications: readonly string[]
  readonly version: string
  /** Messages handled and dropped since the start. */
  readonly handled: number
  readonly droppedAll: number
  readonly waiting: number
  readonly heapUsedBytes: number
  readonly rssBytes: number
  readonly loopDelayMs: number
  /** Share of time its loop was busy, 0 to 1; below 0: unknown. */
  readonly utilisation: number
}

/** What a node told at one moment of its own clock. */
export interface TopSample {
  readonly timeMs: number
  readonly node: TopNode
  readonly rows: readonly ProcessRow[]
  readonly total: number
}

/** One process with what it did in a second. */
export interface TopRow extends ProcessRow {
  readonly runningShare: number
  readonly inPerSecond: number
  readonly outPerSecond: number
}

const rowKey = ({ pid }: ProcessRow): string => `${pid.id}`

/** What each process did between two answers. */
export function topRows(now: TopSample, before: TopSample | undefined): readonly TopRow[] {
  const earlier = new Map((before?.rows ?? []).map((row) => [rowKey(row), row]))
  const betweenMs = now.timeMs - (before?.timeMs ?? now.timeMs)
  return now.rows.map((row) => {
    const old = betweenMs > 0 ? earlier.get(rowKey(row)) : undefined
    const spanMs = Math.max(1, old === undefined ? row.uptimeMs : betweenMs)
    const perSecond = (key: 'messagesIn' | 'messagesOut'): number =>
      Math.max(0, ((row[key] - (old?.[key] ?? 0)) * 1_000) / spanMs)
    return {
      ...row,
      runningShare: Math.min(1, Math.max(0, (row.runningMs - (old?.runningMs ?? 0)) / spanMs)),
      inPerSecond: perSecond('messagesIn'),
      outPerSecond: perSecond('messagesOut'),
    }
  })
}

const MEASURES: Readonly<Record<TopOrder, (row: TopRow) => number>> = Object.freeze({
  running: (row) => row.runningShare,
  mailbox: (row) => row.mailbox,
  in: (row) => row.inPerSecond,
  out: (row) => row.outPerSecond,
  age: (row) => row.uptimeMs,
})

/** The busiest first; of equals the older. */
export function ordered(rows: readonly TopRow[], order: TopOrder): readonly TopRow[] {
  const measure = MEASURES[order]
  return [...rows].sort(
    (left, right) => measure(right) - measure(left) || left.pid.id - right.pid.id,
  )
}

const COLUMNS: readonly Column[] = [
  { title: 'PID', side: 'right' },
  { title: 'NAME', widthMin: 12 },
  { title: 'APPLICATION', widthMin: 8, dispensable: 3 },
  { title: 'STATE', dispensable: 2 },
  { title: 'BUSY', side: 'right' },
  { title: 'WAITING', side: 'right' },
  { title: 'OLDEST', side: 'right', dispensable: 4 },
  { title: 'IN/S', side: 'right' },
  { title: 'OUT/S', side: 'right' },
  { title: 'UP', side: 'right', dispensable: 5 },
]

const cellsOf = (row: TopRow): readonly Cell[] => [
  pidText(row.pid),
  nameText(row),
  safeText(row.application ?? '', 200),
  safeText(row.state, 20),
  `${(row.runningShare * 100).toFixed(row.runningShare < 0.1 ? 1 : 0)} %`,
  row.mailbox > 0 ? { text: count(row.mailbox), style: 'yellow' } : '0',
  row.mailbox > 0 ? duration(row.oldestWaitMs ?? -1) : '-',
  rate(row.inPerSecond),
  rate(row.outPerSecond),
  duration(row.uptimeMs),
]

/** The table of processes. */
export function topTable(rows: readonly TopRow[], { width, paint }: Layout): readonly string[] {
  return tableLines({ columns: COLUMNS, rows: rows.map(cellsOf), width, paint })
}

/** The node in two lines. */
export function topHead(
  now: TopSample,
  before: TopSample | undefined,
  { width, paint }: Layout,
): readonly string[] {
  const { node } = now
  const spanMs = Math.max(1, before === undefined ? node.uptimeMs : now.timeMs - before.timeMs)
  const handled = ((node.handled - (before?.node.handled ?? 0)) * 1_000) / spanMs
  const busy = node.utilisation < 0 ? '' : `, loop ${(node.utilisation * 100).toFixed(0)} % busy`
  const first = [
    safeText(node.name, 300),
    `up ${duration(node.uptimeMs)}`,
    `troupe ${safeText(node.version, 40)}`,
    node.applications.map((name) => safeText(name, 100)).join(', '),
  ].filter((text) => text !== '')
  const second = [
    `${count(node.processes)} processes`,
    `${rate(Math.max(0, handled))} messages/s`,
    `${count(node.waiting)} waiting`,
    `${count(node.droppedAll)} dropped`,
    `heap ${bytes(node.heapUsedBytes)}`,
    `memory ${bytes(node.rssBytes)}`,
    `loop delay ${duration(node.loopDelayMs)}${busy}`,
  ]
  return [paint('bold', fitted(first.join('  '), width)), fitted(second.join('  '), width)]
}

/** The whole screen, at most as high as the window. */
export function topScreen(
  now: TopSample,
  before: TopSample | undefined,
  facts: { readonly order: TopOrder; readonly height: number; readonly note?: string },
  layout: Layout,
): readonly string[] {
  const { order, height, note } = facts
  const head = topHead(now, before, layout)
  const rows = ordered(topRows(now, before), order)
  const room = Math.max(0, height - head.length - 3)
  const table = topTable(rows.slice(0, room), layout)
  const keys = `by ${order}: r running, m mailbox, i in, o out, a age; q quits`
  const foot = fitted(note ?? keys, layout.width)
  return [...head, '', ...table, layout.paint('dim', foot)].slice(0, height)
}
