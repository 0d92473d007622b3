/**
 * contract/tracing: what a trace is to a program, and the plug between a node and its tracer.
 *
 * A trace is the way of one cause through processes and nodes; each step of it is a span. What a
 * message carries is never part of a span, only its name. Wall clock times are milliseconds, with
 * fractions to the microsecond.
 *
 * @source W3C Trace Context; ergo-features 17
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { Address, Pid } from './identity.js'
import { requireOption } from './limits.js'

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
  readonly exporters?: readonly SpanExporter[]
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
  addExporter(exporter: SpanExporter): void
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
}

/** A step that goes on, as the runtime holds it. */
export interface OpenSpan {
  readonly traceId: string
  /** What travels to another node. */
  readonly header: string
  /** Where what is begun now belongs: the innermost part a program has opened, or this. */
  readonly inner: OpenSpan
  /** False: it is carried on, and nothing of it is kept. */
  readonly recording: boolean
  /** It came from another node, or went to one. */
  readonly isRemote: boolean
  /** A handler has begun with it here. */
  readonly isDelivered: boolean
  /** False: its trace is as deep as it may be, and ends here. */
  readonly goesOn: boolean
  /** Who gets it, where that was not known before. */
  addressed(to: Address): void
  /** It goes on at another node. */
  left(): void
  /** A handler begins. Gives the span of that handler: of a publication each has its own. */
  delivered(process: Pid | undefined, behaviour?: string, application?: string): OpenSpan
  /** Its handler is done, or what it is about is over. */
  processed(): void
  /** Nothing more is seen of it here. */
  end(): void
  /** It is over, and it failed. */
  fail(cause: string): void
  /** It counts as failed, and goes on. */
  blame(cause: string): void
  setAttribute(name: string, value: AttributeValue): void
  /** Begins a part of it that a program names. */
  open(name: string): OpenSpan
  /** What is begun from now on does not belong to this part. */
  close(): void
}

/** What a span begins with. */
export interface SpanGiven {
  readonly kind: SpanKind
  readonly name: string
  /** Whose permanent attributes it gets. */
  readonly process: Pid | undefined
  readonly from: Pid | undefined
  readonly to: Address | undefined
  readonly behaviour?: string | undefined
  readonly application?: string | undefined
  /** When it was sent; default now. Null: that was elsewhere. */
  readonly sentMs?: number | null
  /** Each handler of it gets a span of its own. */
  readonly isShared?: boolean
}

/** What traces for a node. The runtime asks it only once it has said that it is awake. */
export interface Tracer {
  readonly control: NodeTracing
  /** There is something to trace from the beginning. */
  readonly isNeeded: boolean
  /** Whether a new trace begins. */
  samples(asked: SampleQuestion): boolean
  /** A step below another one; without one the first of a trace. */
  begin(parent: OpenSpan | undefined, given: SpanGiven): OpenSpan
  /** A step below one of another node; undefined when that is no trace context. */
  arrived(header: string, given: SpanGiven): OpenSpan | undefined
  /** What came from outside of the cluster; it is no span of this node. */
  outside(headers: TraceHeaders): OpenSpan | undefined
  /** The other way round. */
  headersOf(span: OpenSpan): TraceHeaders
  /** Wall clock of its spans: milliseconds to the microsecond. */
  wallMs(): number
  setSampler(process: Pid, sampler: Sampler | undefined): void
  setAttribute(process: Pid, name: string, value: AttributeValue | undefined): void
  /** A process has ended: what was said of it is forgotten. */
  ended(process: Pid): void
  /** Settles when what waits has been exported. */
  stop(): Promise<void>
}

/** What a tracer asks of its node. */
export interface TracerHome {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  /** From now on there is something to trace. */
  awaken(): void
  /** The process of this node behind a pid. */
  find(pid: Pid): Pid | undefined
  warn(text: string, fields: Readonly<Record<string, unknown>>): void
}

/** Makes the tracer of a node; OPTION_INVALID. */
export type MakeTracer = (options: TracingOptions | undefined, home: TracerHome) => Tracer

const TEXT = /^(off|always|ratio (0|1|0?\.\d{1,12}|1\.0+)|per-second [1-9]\d{0,6})$/

/** True for a sampler in words. */
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
