/**
 * view/trace-view: the traces of a node as a table, and one trace as a tree over its nodes.
 *
 * Pure. Spans of several nodes are put below one another by their ids; what a node has that hangs
 * on nothing known stands at the edge.
 */
import { safeText } from '#terminal/safe-text'
import { tableLines } from '#terminal/table'
import { count, duration, timeOfDay } from '#terminal/units'
import type { Layout } from './layout.js'

/** One trace in short. */
export interface TraceRow {
  readonly traceId: string
  readonly kind: string
  readonly name: string
  /** Who got it: an address or a behaviour. */
  readonly process: string
  readonly startMs: number
  readonly tookMs: number
  readonly spans: number
  readonly failed: boolean
}

/** One span, as far as it is shown. Times are the wall clock of its node. */
export interface SpanRow {
  readonly spanId: string
  readonly parentId: string
  readonly node: string
  readonly kind: string
  readonly name: string
  readonly to: string
  readonly startMs: number
  readonly waitedMs: number | undefined
  readonly tookMs: number | undefined
  readonly failed: string
}

/** Deeper ones are shown at this depth. */
const DEPTH_MAX = 40

export function traceTable(rows: readonly TraceRow[], { width, paint }: Layout): readonly string[] {
  if (rows.length === 0) return ['no traces are kept; begin some with: troupe sampler always']
  const columns = [
    { title: 'TRACE', widthMin: 32 },
    { title: 'BEGAN' },
    { title: 'TOOK', side: 'right' as const },
    { title: 'SPANS', side: 'right' as const },
    { title: 'FIRST', widthMin: 8 },
    { title: 'PROCESS', widthMin: 8 },
    { title: '' },
  ]
  const lines = rows.map((row) => [
    safeText(row.traceId, 32),
    timeOfDay(row.startMs),
    duration(row.tookMs),
    count(row.spans),
    safeText(row.kind === '' ? row.name : `${row.kind} ${row.name}`, 100),
    safeText(row.process, 200),
    row.failed ? 'failed' : '',
  ])
  return tableLines({ columns, rows: lines, width, paint })
}

/** Each span below its parent, with how long it waited and was worked on. */
export function traceTree(spans: readonly SpanRow[], { paint }: Layout): readonly string[] {
  const ordered = [...spans].sort((left, right) => left.startMs - right.startMs)
  const known = new Set(ordered.map(({ spanId }) => spanId))
  const below = new Map<string, SpanRow[]>()
  for (const span of ordered) {
    const parent = known.has(span.parentId) && span.parentId !== span.spanId ? span.parentId : ''
    below.set(parent, [...(below.get(parent) ?? []), span])
  }
  const lines: string[] = []
  // A list of its own in place of calls: a hostile node may nest as deep as it likes.
  const open = (below.get('') ?? []).map((span) => ({ span, depth: 0 })).reverse()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { span, depth } = next
    lines.push(lineOf(span, depth, paint))
    const children = below.get(span.spanId) ?? []
    below.delete(span.spanId)
    for (const child of [...children].reverse()) open.push({ span: child, depth: depth + 1 })
  }
  return lines
}

function lineOf(span: SpanRow, depth: number, paint: Layout['paint']): string {
  const { kind, name, to, node, waitedMs, tookMs, failed } = span
  const spent = [
    waitedMs === undefined ? '' : `waited ${duration(waitedMs)}`,
    tookMs === undefined ? '' : `took ${duration(tookMs)}`,
  ]
  const words = [
    paint('dim', safeText(kind, 20)),
    safeText(name, 100),
    to === '' ? '' : paint('dim', `to ${safeText(to, 200)}`),
    paint('cyan', safeText(node, 200)),
    ...spent,
    failed === '' ? '' : paint('red', safeText(failed, 200)),
  ]
  const indent = '  '.repeat(Math.min(depth, DEPTH_MAX))
  return `${indent}${words.filter((word) => word !== '').join('  ')}`
}
