/**
 * view/tree-view: processes below their parents, drawn with lines.
 *
 * The rows come from another node in any order; one whose parent is not among them stands at the
 * top, and rows that are each other's parents are shown once. Limit: `DEPTH_MAX` levels.
 */
import type { Style } from '#terminal/paint'
import { safeText } from '#terminal/safe-text'
import { count } from '#terminal/units'
import { fitted } from '#terminal/width'
import type { Layout } from './layout.js'
import { nameText, type ProcessRow, pidText } from './process-row.js'

const DEPTH_MAX = 100

/** What there is to draw. */
export interface TreeFacts {
  readonly node: string
  readonly rows: readonly ProcessRow[]
  /** The node has more than it has told. */
  readonly complete: boolean
}

type Children = ReadonlyMap<number, readonly ProcessRow[]>

/** The trees of a node, each application for itself. */
export function treeLines({ node, rows, complete }: TreeFacts, layout: Layout): readonly string[] {
  const known = new Set(rows.map(({ pid }) => pid.id))
  const children = grouped(rows, known)
  const roots = rootsOf(rows, known, children)
  // What belongs to no application comes last.
  const names = [...new Set(roots.map(({ application }) => application))].sort()
  const groups = names.map((application) => ({
    title: application === undefined ? '(no application)' : safeText(application, 200),
    roots: roots.filter((row) => row.application === application),
  }))
  const { paint } = layout
  const head = `${paint('bold', safeText(node, 300))}  ${count(rows.length)} processes`
  const more = complete
    ? []
    : [paint('yellow', '… and more: name an application, or raise --limit')]
  const drawn = groups.flatMap(({ title, roots: tops }, index) => {
    const isLast = index === groups.length - 1
    const below = branchLines(tops, children, isLast ? '   ' : '│  ', layout)
    return [`${isLast ? '└─ ' : '├─ '}${paint('cyan', title)}`, ...below]
  })
  return [head, ...drawn, ...more].map((line) => line.trimEnd())
}

function grouped(rows: readonly ProcessRow[], known: ReadonlySet<number>): Children {
  const children = new Map<number, ProcessRow[]>()
  for (const row of rows) {
    const parent = row.parent
    if (parent === undefined || parent.node !== row.pid.node || !known.has(parent.id)) continue
    const list = children.get(parent.id)
    if (list === undefined) children.set(parent.id, [row])
    else list.push(row)
  }
  return children
}

/** Those without a parent here; of a ring of parents, the first that was told. */
function rootsOf(
  rows: readonly ProcessRow[],
  known: ReadonlySet<number>,
  children: Children,
): readonly ProcessRow[] {
  const isBelow = ({ pid, parent }: ProcessRow): boolean =>
    parent !== undefined && parent.node === pid.node && known.has(parent.id)
  const roots = rows.filter((row) => !isBelow(row))
  const reached = new Set<number>()
  const reach = (from: readonly ProcessRow[]): void => {
    const open = [...from]
    for (let row = open.pop(); row !== undefined; row = open.pop()) {
      if (reached.has(row.pid.id)) continue
      reached.add(row.pid.id)
      open.push(...(children.get(row.pid.id) ?? []))
    }
  }
  reach(roots)
  for (const row of rows) {
    if (reached.has(row.pid.id)) continue
    roots.push(row)
    reach([row])
  }
  return roots
}

interface Open {
  readonly row: ProcessRow
  readonly lead: string
  readonly isLast: boolean
  readonly depth: number
}

function branchLines(
  roots: readonly ProcessRow[],
  children: Children,
  lead: string,
  layout: Layout,
): readonly string[] {
  const lines: string[] = []
  const drawn = new Set<number>()
  const open: Open[] = opened(roots, lead, 0)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { row, lead: before, isLast, depth } = next
    if (drawn.has(row.pid.id)) continue
    drawn.add(row.pid.id)
    lines.push(rowLine(row, `${before}${isLast ? '└─ ' : '├─ '}`, layout))
    const below = children.get(row.pid.id) ?? []
    const deeper = `${before}${isLast ? '   ' : '│  '}`
    if (depth < DEPTH_MAX) open.push(...opened(below, deeper, depth + 1))
    else if (below.length > 0) lines.push(`${deeper}└─ … deeper than ${DEPTH_MAX} levels`)
  }
  return lines
}

/** In the order of their birth, so that the first one is taken from the end first. */
function opened(rows: readonly ProcessRow[], lead: string, depth: number): Open[] {
  const sorted = [...rows].sort((left, right) => left.pid.id - right.pid.id)
  return sorted
    .map((row, index) => ({ row, lead, depth, isLast: index === sorted.length - 1 }))
    .reverse()
}

const STATE_STYLES: Readonly<Record<string, Style>> = Object.freeze({
  zombie: 'red',
  ending: 'yellow',
  init: 'yellow',
})

function rowLine(row: ProcessRow, lead: string, { width, paint }: Layout): string {
  const state = row.state === 'idle' || row.state === 'running' ? '' : safeText(row.state, 20)
  const kind = row.name === undefined ? safeText(row.kind ?? '', 40) : safeText(row.behaviour, 200)
  const waiting = row.mailbox > 0 ? `${count(row.mailbox)} waiting` : ''
  const restarts = (row.restarts ?? 0) > 0 ? `restarted ${count(row.restarts ?? 0)}x` : ''
  const parts: readonly (readonly [string, Style | undefined])[] = [
    [nameText(row), undefined],
    [pidText(row.pid), 'dim'],
    [kind, 'dim'],
    [state, STATE_STYLES[row.state] ?? 'dim'],
    [waiting, 'yellow'],
    [restarts, 'yellow'],
  ]
  let room = width - lead.length
  let line = lead
  for (const [text, style] of parts) {
    if (text === '' || room <= 1) continue
    const cut = fitted(text, room)
    line += `${style === undefined ? cut : paint(style, cut)}  `
    room -= cut.length + 2
  }
  return line
}
