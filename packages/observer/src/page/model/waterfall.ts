/**
 * page/model/waterfall: the spans of one trace, told by several nodes, as rows on one time axis.
 *
 * Clocks of nodes differ. A span that seems to begin before the one that caused it shows by how
 * much: all spans of that node are moved by the largest such amount, and the picture says so.
 * Where the parent of a span is not there (not sampled, lost, its node gone) it hangs at the root,
 * marked. Spans that name each other as parents cannot hang up the page.
 *
 * Limit: `ROWS_MAX` spans, the earliest.
 */
import type { ToldSpan } from './told.js'

export const ROWS_MAX = 2_000

/** One row of the picture; times count from the begin of the trace. */
export interface SpanRow {
  readonly span: ToldSpan
  readonly depth: number
  /** Its parent is named and was not told by any node. */
  readonly orphan: boolean
  readonly sentMs: number
  /** In the mailbox from here, in its handler from `beganMs`, done at `endMs`. */
  readonly deliveredMs: number
  readonly endMs: number
  /** It came to its handler, which was not seen to end. */
  readonly open: boolean
  readonly children: number
}

export interface Waterfall {
  readonly rows: readonly SpanRow[]
  readonly startMs: number
  readonly tookMs: number
  readonly nodes: readonly string[]
  /** By how much the clock of a node was put right, in milliseconds; only those that were. */
  readonly movedMs: Readonly<Record<string, number>>
  readonly leftOut: number
}

interface Times {
  readonly sentMs: number
  readonly deliveredMs: number
  readonly endMs: number
  readonly open: boolean
}

/** Merges what nodes have told of one trace. */
export function waterfall(told: readonly ToldSpan[]): Waterfall {
  const spans = merged(told)
  const kept = [...spans.values()].sort((a, b) => beginOf(a) - beginOf(b)).slice(0, ROWS_MAX)
  const known = new Map(kept.map((span) => [span.spanId, span]))
  const moved = movesOf(kept, known)
  const timesOf = (span: ToldSpan): Times => {
    const cause = isTimed(span) ? undefined : known.get(span.parentId ?? '')
    const { node } = cause ?? span
    const times = timesAt(cause ?? span, moved.get(node) ?? 0)
    return cause === undefined ? times : { ...atOnce(times.sentMs), open: true }
  }
  const starts = kept.filter(isTimed).map((span) => timesOf(span).sentMs)
  const startMs = starts.reduce((least, ms) => Math.min(least, ms), starts[0] ?? 0)
  const rows = hung(kept, known).map(({ span, depth, children }): SpanRow => {
    const { sentMs, deliveredMs, endMs, open } = timesOf(span)
    const orphan = span.parentId !== undefined && !known.has(span.parentId)
    return {
      ...{ span, depth, children, orphan, open },
      sentMs: sentMs - startMs,
      deliveredMs: deliveredMs - startMs,
      endMs: endMs - startMs,
    }
  })
  return {
    rows,
    startMs,
    tookMs: rows.reduce((most, { endMs }) => Math.max(most, endMs), 0),
    nodes: [...new Set(kept.map(({ node }) => node))],
    movedMs: Object.fromEntries([...moved].filter(([, ms]) => ms > 0)),
    leftOut: spans.size - kept.length,
  }
}

/** The sender's node and the receiver's each know their points of one span. */
function merged(told: readonly ToldSpan[]): ReadonlyMap<string, ToldSpan> {
  const spans = new Map<string, ToldSpan>()
  for (const span of told) {
    const other = spans.get(span.spanId)
    spans.set(span.spanId, other === undefined ? span : joined(other, span))
  }
  return spans
}

function joined(one: ToldSpan, two: ToldSpan): ToldSpan {
  // The node that handled it is where the work was done.
  const [main, side] = two.deliveredMs === undefined ? [one, two] : [two, one]
  return {
    ...main,
    parentId: main.parentId ?? side.parentId,
    from: main.from ?? side.from,
    to: main.to ?? side.to,
    behaviour: main.behaviour ?? side.behaviour,
    sentMs: main.sentMs ?? side.sentMs,
    deliveredMs: main.deliveredMs ?? side.deliveredMs,
    processedMs: main.processedMs ?? side.processedMs,
    failed: main.failed ?? side.failed,
    attributes: { ...side.attributes, ...main.attributes },
  }
}

/** What waits in a mailbox has no time of its own yet: it is shown where its cause began. */
const isTimed = ({ sentMs, deliveredMs, processedMs }: ToldSpan): boolean =>
  (sentMs ?? deliveredMs ?? processedMs) !== undefined

const atOnce = (ms: number): Omit<Times, 'open'> => ({ sentMs: ms, deliveredMs: ms, endMs: ms })

const beginOf = (span: ToldSpan): number => span.sentMs ?? span.deliveredMs ?? span.processedMs ?? 0

function timesAt(span: ToldSpan, movedMs: number): Times {
  const sentMs = beginOf(span) + movedMs
  const deliveredMs = Math.max(sentMs, (span.deliveredMs ?? sentMs - movedMs) + movedMs)
  const endMs = Math.max(deliveredMs, (span.processedMs ?? deliveredMs - movedMs) + movedMs)
  // What was only sent from here has its end in the span of whoever got it.
  const open = span.deliveredMs !== undefined && span.processedMs === undefined
  return { sentMs, deliveredMs, endMs, open }
}

/** How far each node's clock must be moved so that nothing begins before its cause. */
function movesOf(
  spans: readonly ToldSpan[],
  known: ReadonlyMap<string, ToldSpan>,
): ReadonlyMap<string, number> {
  const moved = new Map<string, number>()
  // In the order of the chain: what moves a parent's node moves its children's as well.
  for (const span of orderedByDepth(spans, known)) {
    const parent = known.get(span.parentId ?? '')
    if (parent === undefined || parent.node === span.node) continue
    if (!isTimed(parent) || !isTimed(span)) continue
    const earlyMs =
      beginOf(parent) +
      (moved.get(parent.node) ?? 0) -
      (beginOf(span) + (moved.get(span.node) ?? 0))
    if (earlyMs > 0) moved.set(span.node, (moved.get(span.node) ?? 0) + earlyMs)
  }
  return moved
}

const orderedByDepth = (
  spans: readonly ToldSpan[],
  known: ReadonlyMap<string, ToldSpan>,
): readonly ToldSpan[] => hung(spans, known).map(({ span }) => span)

interface Hung {
  readonly span: ToldSpan
  readonly depth: number
  readonly children: number
}

/** Each span after its parent, brothers by their begin; circles are cut at their earliest. */
function hung(spans: readonly ToldSpan[], known: ReadonlyMap<string, ToldSpan>): readonly Hung[] {
  const children = new Map<string, ToldSpan[]>()
  const roots: ToldSpan[] = []
  for (const span of spans) {
    const { parentId } = span
    if (parentId === undefined || !known.has(parentId)) roots.push(span)
    else if (children.has(parentId)) children.get(parentId)?.push(span)
    else children.set(parentId, [span])
  }
  const rows: Hung[] = []
  const seen = new Set<string>()
  const walk = (from: readonly ToldSpan[]): void => {
    const stack = from.map((span) => ({ span, depth: 0 })).reverse()
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const { span, depth } = at
      if (seen.has(span.spanId)) continue
      seen.add(span.spanId)
      const own = children.get(span.spanId) ?? []
      rows.push({ span, depth, children: own.length })
      stack.push(...own.map((child) => ({ span: child, depth: depth + 1 })).reverse())
    }
  }
  walk(roots)
  // What is left hangs in a circle: the earliest of it becomes a root.
  for (const span of spans) if (!seen.has(span.spanId)) walk([span])
  return rows
}
