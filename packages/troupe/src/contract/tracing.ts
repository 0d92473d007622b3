/**
 * contract/tracing: what a trace is to a program.
 *
 * A trace is the way of one cause through processes and nodes; each step of it is a span. What a
 * message carries is never part of a span, only its name. Wall clock times are milliseconds, with
 * fractions to the microsecond.
 *
 * @source W3C Trace Context; ergo-features 17
 */
import type { Address, Pid } from './identity.js'
import { requireOption } from './limits.js'
import { protocol, request } from './protocol.js'

/**
 * What a span is about: a message; a request, and its answer; a publication, or one handling of it;
 * a timer's turn or a delayed send; the birth of a process; its end; or what a program says.
 */
export type SpanKind =
  | 'send'
  | 'request'
  | 'response'
  | 'event'
  | 'timer'
  | 'spawn'
  | 'terminate'
  | 'user'

/** What an attribute can be. */
export type AttributeValue = string | number | boolean

/**
 * One step of a trace, as one node saw it. What goes to another node has a span there of its own,
 * whose parent is the one here.
 */
export interface Span {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 of them. */
  readonly spanId: string
  readonly parentId: string | undefined
  /** What travels beside the ids for other tracers, as it came; undefined: nothing. */
  readonly traceState: string | undefined
  readonly node: string
  readonly kind: SpanKind
  /** Of the message, the event, the actor, or what the program called it. */
  readonly name: string
  readonly from: string | undefined
  readonly to: string | undefined
  /** Of the process that handled it, or that the span is about. */
  readonly behaviour: string | undefined
  readonly application: string | undefined
  /** The other half of it is at another node. */
  readonly isRemote: boolean
  /** When it was sent, given to a handler, and when that was done; undefined: not seen here. */
  readonly sentMs: number | undefined
  readonly deliveredMs: number | undefined
  readonly processedMs: number | undefined
  /** A code or cause, never the text of an error; undefined: it did not fail. */
  readonly failed: string | undefined
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/**
 * Whether a new trace begins: `off`; `always`; `ratio 0.01`, by chance for so many of 1; at most so
 * many each second, `per-second 5`.
 */
export type SamplerText = 'off' | 'always' | `ratio ${number}` | `per-second ${number}`

/** What a sampler is asked when something begins that belongs to no trace. */
export interface SampleQuestion {
  readonly kind: SpanKind
  readonly name: string
  /** Who begins; undefined: the node itself. */
  readonly process: Pid | undefined
  readonly behaviour: string | undefined
  readonly application: string | undefined
}

/** A sampler of the program's own; it must be quick, and what it throws counts as no. */
export interface CustomSampler {
  readonly kind: 'custom'
  readonly name: string
  readonly sample: (asked: SampleQuestion) => boolean
}

/**
 * Who chooses which traces are begun. A trace that has begun is always gone on with.
 *
 * @example startNode('shop@localhost', { tracing: { sampler: 'ratio 0.01' } })
 */
export type Sampler = SamplerText | CustomSampler

/** Takes finished spans away. */
export interface SpanExporter {
  readonly name: string
  /** One batch; a rejection is counted as so many failed spans. */
  export(spans: readonly Span[]): Promise<void> | void
  /** The node stops, after the last batch. */
  stop?(): Promise<void> | void
}

/** What a process speaks that takes finished spans away; its answer asks for the next batch. */
export const SpanSink = protocol('span-sink', { spans: request<readonly Span[], void>() })

/** Finished spans go to a process, which speaks `SpanSink`; of itself no trace begins. */
export interface ProcessExporter {
  readonly kind: 'process'
  readonly name: string
  /** Mostly a name, so that a process that is started again goes on; also of another node. */
  readonly to: Address<typeof SpanSink>
  /** Longest wait for the answer to one batch, in milliseconds; default 10,000. */
  readonly timeoutMs?: number
}

/** Where finished spans go: to an object of the program, or to a process. */
export type Exporter = SpanExporter | ProcessExporter

/** What is used of `@opentelemetry/api`: the module itself, of version 1. */
export interface OpenTelemetryApi {
  readonly ROOT_CONTEXT: unknown
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string, options: object, context: never): unknown
    }
    setSpanContext(context: never, spanContext: never): unknown
  }
  readonly createTraceState?: (text: string) => unknown
}

/** How a node traces. */
export interface TracingOptions {
  /** Which traces the processes of this node begin; default `off`. */
  readonly sampler?: Sampler
  /** The same for the processes of one application, by its name. */
  readonly applications?: Readonly<Record<string, Sampler>>
  /** Go on with traces that other nodes have begun; default true. */
  readonly trustNodes?: boolean
  /** Spans kept to be looked at; default 10,000. */
  readonly keptMax?: number
  /** About how many bytes they may take; default 8 MiB. */
  readonly keptBytesMax?: number
  /** Where finished spans go; default none. */
  readonly exporters?: readonly Exporter[]
  /**
   * The module `@opentelemetry/api`: each span is one there as well, of whatever SDK the program
   * has registered. Default none.
   */
  readonly openTelemetry?: OpenTelemetryApi
}

/** What the options of tracing leave open. */
export const TRACING_DEFAULTS: Required<Omit<TracingOptions, 'openTelemetry'>> = Object.freeze({
  sampler: 'off',
  applications: Object.freeze({}),
  trustNodes: true,
  keptMax: 10_000,
  keptBytesMax: 8_388_608,
  exporters: Object.freeze([]),
})

/** Whose sampler: of the node, of an application by its name, or of one process. */
export type SamplerScope = 'node' | { readonly application: string } | { readonly process: Pid }

/** A sampler as it is shown. */
export interface SamplerInfo {
  readonly scope: 'node' | 'application' | 'process'
  readonly of: string
  readonly sampler: string
}

/** What became of the spans for one exporter. */
export interface ExporterInfo {
  readonly name: string
  readonly exported: number
  /** Waiting for their batch. */
  readonly queued: number
  /** Left out, because too many waited. */
  readonly dropped: number
  /** In batches that were refused. */
  readonly failed: number
}

/** What is known of the tracing of a node; a snapshot. */
export interface TracingInfo {
  readonly samplers: readonly SamplerInfo[]
  readonly exporters: readonly ExporterInfo[]
  /** Spans: kept now, given up for want of room, and begun since the start. */
  readonly kept: number
  readonly gone: number
  readonly total: number
  /** Trace contexts that came and could not be read. */
  readonly invalid: number
}

/** The tracing of a node. */
export interface NodeTracing {
  /**
   * Says which traces are begun from now on; undefined takes the sampler of an application or a
   * process away, so that the next wider one holds. OPTION_INVALID, PROCESS_UNKNOWN.
   *
   * @example node.tracing.setSampler('always', { application: 'shop' })
   */
  setSampler(sampler: Sampler | undefined, of?: SamplerScope): void
  /** From now on finished spans go there, too. NAME_TAKEN, OPTION_INVALID. */
  addExporter(exporter: Exporter): void
  /** Ends it; settles when what waited has been given to it. False: there is none of this name. */
  removeExporter(name: string): Promise<boolean>
  /** The spans that are kept, the newest first. */
  spans(): Iterable<Span>
  info(): TracingInfo
}

/** A span that a program began; what is sent meanwhile becomes part of it. */
export interface SpanHandle {
  /** False: nothing is traced, and nothing happens here. */
  readonly recording: boolean
  /** At most 32; texts are cut at 256 characters; names `troupe.…` are refused. OPTION_INVALID. */
  setAttribute(name: string, value: AttributeValue): this
  /** Runs `run` as a part of it, until its first `await`. */
  run<R>(run: () => R): R
  /** It is done; only the first end counts. */
  end(): void
  /** It is done and has failed; of an error its code or name is kept. */
  fail(problem: unknown): void
}

/** What came with a request from outside, as its headers say it. */
export interface TraceHeaders {
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
}

/**
 * What becomes of the `traceparent` of a request from outside of the cluster, which anybody can
 * send. `ignore`: nothing. `accept`: a trace that is begun here has their ids, and what is begun is
 * for the own sampler to say. `trust`: they choose, too, what is kept, so only for those you know.
 */
export type TraceparentOption = 'ignore' | 'accept' | 'trust'

/** The tracing of a process; none of it costs anything while nothing is traced. */
export interface ProcessTracing {
  /** The id of the trace that the current handler belongs to. */
  readonly traceId: string | undefined
  /** What a request to the outside world carries on; empty without a trace. */
  readonly headers: TraceHeaders
  /** Of the span of the current handler; see `SpanHandle.setAttribute`. */
  setAttribute(name: string, value: AttributeValue): void
  /** Of all later spans of this process; undefined takes it away. */
  setPermanentAttribute(name: string, value: AttributeValue | undefined): void
  /** Which traces this process begins; undefined: as its application or node says. */
  setSampler(sampler: Sampler | undefined): void
  /**
   * Keeps the place in the trace: what is run by what it gives, however much later, belongs there,
   * until its first `await`. For work that outlives its handler, and for reentrant processes.
   *
   * @example const within = context.tracing.keep()
   */
  keep(): <R>(run: () => R) => R
  /**
   * Runs `run` as a part of a trace that began outside, until its first `await`; what is sent
   * meanwhile carries it on. Headers that are no trace change nothing.
   *
   * @example context.tracing.proceed(request.headers, () => context.call(to, 'order', order))
   */
  proceed<R>(headers: TraceHeaders, run: () => R): R
  /**
   * A request from outside begins: a span of its own, the first one here; undefined when it is not
   * traced. End it when it is answered. Default `ignore`.
   *
   * @example const span = context.tracing.incoming('GET', request.headers, 'accept')
   */
  incoming(
    name: string,
    headers: TraceHeaders,
    traceparent?: TraceparentOption,
  ): SpanHandle | undefined
}

const TRACEPARENTS: ReadonlySet<unknown> = new Set(['ignore', 'accept', 'trust'])

/** OPTION_INVALID for what cannot become of a `traceparent`. */
export function requireTraceparent(value: unknown): void {
  const holds = value === undefined || TRACEPARENTS.has(value)
  requireOption(holds, 'traceparent', value, 'give ignore, accept or trust')
}

const TEXT = /^(off|always|ratio (0|1|0?\.\d{1,12}|1\.0+)|per-second [1-9]\d{0,6})$/

/**
 * True for a sampler in words: `off`, `always`, `ratio 0` to `ratio 1`, or `per-second 1` and more.
 *
 * @example isSamplerText('ratio 0.01') // true
 */
export const isSamplerText = (value: unknown): value is SamplerText =>
  typeof value === 'string' && value.length <= 32 && TEXT.test(value)

/** OPTION_INVALID for what is no sampler. */
export function requireSampler(option: string, value: unknown): asserts value is Sampler {
  const problem = 'give off, always, ratio 0 to 1, per-second 1 or more, or a custom sampler'
  requireOption(isSamplerText(value) || isCustom(value), option, value, problem)
}

function isCustom(value: unknown): value is CustomSampler {
  if (typeof value !== 'object' || value === null) return false
  const { kind, name, sample } = value as Partial<Record<keyof CustomSampler, unknown>>
  return kind === 'custom' && typeof name === 'string' && typeof sample === 'function'
}
