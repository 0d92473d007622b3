/**
 * tracing/open-telemetry: the spans of a node as spans of `@opentelemetry/api`.
 *
 * A span is begun there when it begins here, and takes its ids from there, so that both tell the
 * same story, whatever SDK the program has registered. Without one, and for what the SDK does not
 * want recorded, ids are made here. Knows the API by its shape: it is the program that brings it.
 *
 * @source OpenTelemetry specification, "Trace API", "Semantic conventions: messaging"
 */
import type { AttributeValue, OpenTelemetryApi, Span, SpanKind } from '#contract'

/** A span of the API, as far as it is used. */
interface ApiSpan {
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }
  setAttributes(attributes: Readonly<Record<string, AttributeValue>>): unknown
  addEvent(name: string, timeMs: number): unknown
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  end(timeMs: number): void
}

/** What a span begins with. */
export interface Begun {
  readonly traceId: string | undefined
  readonly parentId: string | undefined
  readonly state: string | undefined
  readonly kind: SpanKind
  readonly name: string
  /** Its parent is at another node, or its receiver is. */
  readonly cameFromAfar: boolean
  readonly goesAfar: boolean
  readonly startMs: number
}

/** One that has its counterpart there. */
export interface Counterpart {
  readonly traceId: string
  readonly spanId: string
  /** Nothing more is seen of it: tells the other what it has become. */
  finish(span: Span): void
}

/** Kinds of the API. */
const KIND = Object.freeze({ internal: 0, server: 1, client: 2, producer: 3, consumer: 4 })
const ERROR = 2
const SAMPLED = 1
const NO_TRACE = /^0+$/
const TRACER = 'troupe'

export class OpenTelemetry {
  /** Spans that the API refused, by throwing. */
  failed = 0
  exported = 0
  readonly #api: OpenTelemetryApi

  constructor(api: OpenTelemetryApi) {
    this.#api = api
  }

  /** Undefined: there is no SDK, or it does not want this one. */
  begin(begun: Begun): Counterpart | undefined {
    try {
      return this.#begin(begun)
    } catch {
      // It runs in the turn of whoever sends, which must not fail for it.
      this.failed += 1
      return undefined
    }
  }

  #begin(begun: Begun): Counterpart | undefined {
    const { trace } = this.#api
    const options = { kind: kindOf(begun), startTime: begun.startMs }
    const parent = this.#contextOf(begun) as never
    const span = trace.getTracer(TRACER).startSpan(begun.name, options, parent) as ApiSpan
    const { traceId, spanId, traceFlags } = span.spanContext()
    const isOwn = spanId !== begun.parentId && !NO_TRACE.test(spanId)
    if (!isOwn || (traceFlags & SAMPLED) === 0) return undefined
    return { traceId, spanId, finish: (done) => this.#finish(span, done, begun.startMs) }
  }

  #contextOf({ traceId, parentId, state, cameFromAfar }: Begun): unknown {
    const { ROOT_CONTEXT, trace, createTraceState } = this.#api
    if (traceId === undefined || parentId === undefined) return ROOT_CONTEXT
    const traceState = state === undefined ? undefined : createTraceState?.(state)
    const isRemote = cameFromAfar
    const parent = { traceId, spanId: parentId, traceFlags: SAMPLED, isRemote, traceState }
    return trace.setSpanContext(ROOT_CONTEXT as never, parent as never)
  }

  #finish(span: ApiSpan, done: Span, startMs: number): void {
    try {
      const { deliveredMs, processedMs, failed } = done
      span.setAttributes(attributesOf(done))
      if (deliveredMs !== undefined) span.addEvent('delivered', deliveredMs)
      if (failed !== undefined) span.setStatus({ code: ERROR, message: failed })
      span.end(Math.max(startMs, processedMs ?? deliveredMs ?? startMs))
      this.exported += 1
    } catch {
      this.failed += 1
    }
  }
}

function kindOf({ kind, cameFromAfar, goesAfar }: Begun): number {
  const isAnswered = kind === 'request'
  if (cameFromAfar && (isAnswered || kind === 'send' || kind === 'event')) {
    return isAnswered ? KIND.server : KIND.consumer
  }
  if (goesAfar && (isAnswered || kind === 'send')) return isAnswered ? KIND.client : KIND.producer
  return kind === 'event' ? KIND.producer : KIND.internal
}

function attributesOf(span: Span): Readonly<Record<string, AttributeValue>> {
  const { kind, node, from, to, behaviour, application, attributes } = span
  const known = { kind, node, from, to, behaviour, application }
  const own = Object.entries(known)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [`troupe.${name}`, value] as const)
  return { ...attributes, ...(Object.fromEntries(own) as Record<string, string>) }
}
