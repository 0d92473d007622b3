/**
 * apps/system/trace-pages: the traces of a node: the newest, and all that it has of one.
 *
 * A slice of the kept spans at a time. A trace begins where the oldest span of it begins that this
 * node still has; other nodes have the rest.
 * Limit: `TRACES_MAX` traces are told apart; spans of further ones are counted in none.
 */
import type { SpanSheet, TraceQuestion, TraceSheet, TracesSheet } from '#cluster'
import { type NodeInspection, requireOption, type Span } from '#contract'
import type { Wanted } from './desk.js'
import { CLOCK_UNITS, SLICE_MS, SLICE_UNITS } from './limits.js'
import { readLimit, readPid, readQuestion, readText, told } from './reading.js'
import type { Search } from './shared-scans.js'

const KNOWN: Readonly<Record<keyof TraceQuestion, true>> = Object.freeze({
  traceId: true,
  search: true,
  pid: true,
  limit: true,
})
const SPANS_MAX = 2_000
const SPANS_DEFAULT = 500
const TRACES_MAX = 10_000
/** Times are told to the microsecond. */
const MICROS = 1_000
const TRACE_ID = /^[0-9a-f]{32}$/

/** Looks at the kept spans, the newest first, as long as `visit` wants more. */
class SpanScan<R> implements Search<R> {
  readonly #inspection: NodeInspection
  readonly #spans: Iterator<Span>
  readonly #visit: (span: Span) => void
  readonly #result: () => R

  constructor(inspection: NodeInspection, visit: (span: Span) => void, result: () => R) {
    this.#inspection = inspection
    this.#spans = inspection.node.tracing.spans()[Symbol.iterator]()
    this.#visit = visit
    this.#result = result
  }

  step(): boolean {
    const { clock } = this.#inspection
    const startMs = clock.nowMs()
    for (let done = 1; done <= SLICE_UNITS; done += 1) {
      const { done: isOver, value } = this.#spans.next()
      if (isOver === true) return true
      this.#visit(value)
      if (done % CLOCK_UNITS === 0 && clock.nowMs() - startMs > SLICE_MS) return false
    }
    return false
  }

  result(): R {
    return this.#result()
  }
}

/** One trace, as far as this node has it. */
interface Gathered {
  readonly traceId: string
  first: Span
  startMs: number
  endMs: number
  spans: number
  failed: boolean
  isMeant: boolean
}

/** The newest traces. OPTION_INVALID. */
export function wantedTraces(given: unknown, inspection: NodeInspection): Wanted {
  const asked = readQuestion<TraceQuestion>('traces', given, KNOWN)
  const limit = readLimit(asked.limit)
  const traceId = readTraceId(asked.traceId)
  const words = readText('search', asked.search)?.toLowerCase()
  const pid = readPid('pid', asked.pid)
  const process = pid === undefined ? undefined : `<${pid.node}.${pid.id}.${pid.creation}>`
  const isMeant = (span: Span): boolean =>
    (traceId === undefined || span.traceId === traceId) &&
    (process === undefined || span.from === process || span.to === process) &&
    (words === undefined || hasWords(span, words))
  const make = (): Search<TracesSheet> => {
    const traces = new Map<string, Gathered>()
    const visit = (span: Span): void => gather(traces, span, isMeant(span))
    return new SpanScan(inspection, visit, () => tracesSheet(inspection, traces, limit))
  }
  return { key: JSON.stringify([limit, traceId, words, process]), make }
}

function gather(traces: Map<string, Gathered>, span: Span, isMeant: boolean): void {
  const { traceId } = span
  const startMs = startOf(span)
  const endMs = Math.max(startMs, span.deliveredMs ?? 0, span.processedMs ?? 0)
  const known = traces.get(traceId)
  if (known === undefined) {
    if (traces.size >= TRACES_MAX) return
    const failed = span.failed !== undefined
    traces.set(traceId, { traceId, first: span, startMs, endMs, spans: 1, failed, isMeant })
    return
  }
  known.spans += 1
  known.failed ||= span.failed !== undefined
  known.isMeant ||= isMeant
  known.endMs = Math.max(known.endMs, endMs)
  // They come the newest first: of two that began together the earlier one was there before.
  if (startMs <= known.startMs) {
    known.startMs = startMs
    known.first = span
  }
}

function tracesSheet(
  { node }: NodeInspection,
  traces: ReadonlyMap<string, Gathered>,
  limit: number,
): TracesSheet {
  const { samplers, exporters, kept, gone, total } = node.tracing.info()
  const rows = [...traces.values()]
    .filter(({ isMeant }) => isMeant)
    .slice(0, limit)
    .map(({ traceId, first, startMs, endMs, spans, failed }) => {
      const { kind, name, node, behaviour, from, to } = first
      const tookMs = Math.round((endMs - startMs) * MICROS) / MICROS
      const about = { kind, name, node, process: to ?? from, behaviour }
      return { traceId, ...about, startMs, tookMs, spans, failed }
    })
  const names = exporters.map(({ name }) => name)
  return { samplers, exporters: names, kept, gone, total, rows }
}

/** All spans of one trace, the oldest first. OPTION_INVALID. */
export function wantedTrace(given: unknown, inspection: NodeInspection): Wanted {
  const asked = readQuestion<TraceQuestion>('trace', given, KNOWN)
  const traceId = readTraceId(asked.traceId)
  requireOption(traceId !== undefined, 'traceId', told(asked.traceId), 'say which trace')
  const limit = readLimit(asked.limit, SPANS_MAX, SPANS_DEFAULT)
  const make = (): Search<TraceSheet> => {
    const spans: SpanSheet[] = []
    let leftOut = 0
    const visit = (span: Span): void => {
      if (span.traceId !== traceId) return
      if (spans.length < limit) spans.push(spanSheet(span))
      else leftOut += 1
    }
    const result = (): TraceSheet => ({
      traceId: traceId as string,
      spans: spans.reverse(),
      leftOut,
    })
    return new SpanScan(inspection, visit, result)
  }
  return { key: JSON.stringify([traceId, limit]), make }
}

function readTraceId(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const holds = typeof value === 'string' && TRACE_ID.test(value)
  requireOption(holds, 'traceId', told(value), 'give 32 hexadecimal digits in lower case')
  return value as string
}

const hasWords = ({ name, from, to, behaviour, failed }: Span, words: string): boolean =>
  [name, from, to, behaviour, failed].some((text) => text?.toLowerCase().includes(words) === true)

const startOf = ({ sentMs, deliveredMs, processedMs }: Span): number =>
  sentMs ?? deliveredMs ?? processedMs ?? 0

function spanSheet(span: Span): SpanSheet {
  const { traceId, spanId, parentId, node, kind, name, from, to, behaviour } = span
  const { sentMs, deliveredMs, processedMs, failed, attributes } = span
  return {
    ...{ traceId, spanId, parentId, node, kind, name, from, to, behaviour },
    ...{ sentMs, deliveredMs, processedMs, failed, attributes: { ...attributes } },
  }
}
