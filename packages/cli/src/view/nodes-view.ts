/**
 * view/nodes-view: the nodes of a cluster as a table.
 */
import type { Style } from '#terminal/paint'
import { safeText } from '#terminal/safe-text'
import { type Cell, type Column, tableLines } from '#terminal/table'
import { count, duration } from '#terminal/units'
import type { Layout } from './layout.js'

/** One node, as far as it is known. */
export interface NodeRow {
  readonly node: string
  /** As membership says it, or `unreachable`. */
  readonly state: string
  readonly uptimeMs: number
  readonly processes: number
  readonly applications: readonly string[]
  readonly roundTripMs: number
  readonly loopDelayMs: number
  readonly version: string
  /** Why nothing is known of it; empty when all is well. */
  readonly problem: string
}

const COLUMNS: readonly Column[] = [
  { title: 'NODE', widthMin: 16 },
  { title: 'STATE' },
  { title: 'UP', side: 'right' },
  { title: 'PROCESSES', side: 'right', dispensable: 1 },
  { title: 'ROUND TRIP', side: 'right', dispensable: 2 },
  { title: 'LOOP DELAY', side: 'right', dispensable: 3 },
  { title: 'VERSION', dispensable: 4 },
  { title: 'APPLICATIONS', widthMin: 12, dispensable: 1 },
]

const STATE_STYLES: Readonly<Record<string, Style>> = Object.freeze({
  responding: 'green',
  connected: 'green',
  suspect: 'yellow',
  leaving: 'yellow',
  unresponsive: 'red',
  unreachable: 'red',
  gone: 'red',
})

/** The state of a node in its colour. */
export function stateCell(state: string): Cell {
  const style = STATE_STYLES[state]
  return style === undefined ? safeText(state, 40) : { text: state, style }
}

/** The table, and a line for each node of which nothing could be learnt. */
export function nodesLines(rows: readonly NodeRow[], { width, paint }: Layout): readonly string[] {
  const cells = rows.map((row): readonly Cell[] => [
    safeText(row.node, 300),
    stateCell(row.state),
    duration(row.uptimeMs),
    row.processes < 0 ? '-' : count(row.processes),
    duration(row.roundTripMs),
    duration(row.loopDelayMs),
    safeText(row.version, 40),
    row.applications.map((name) => safeText(name, 100)).join(', '),
  ])
  const problems = rows
    .filter(({ problem }) => problem !== '')
    .map(({ node, problem }) => `${paint('red', safeText(node, 300))}: ${safeText(problem, 600)}`)
  return [...tableLines({ columns: COLUMNS, rows: cells, width, paint }), ...problems]
}
