/**
 * contract/tracer: the plug between a node and its tracer.
 *
 * @source ergo-features 17
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { Address, Pid } from './identity.js'
import type {
  AttributeValue,
  NodeTracing,
  SampleQuestion,
  Sampler,
  Span,
  SpanKind,
  TraceHeaders,
  TracingOptions,
} from './tracing.js'

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
  /** A handler of this process is at it, and what is begun meanwhile belongs to its trace. */
  handledBy(process: Pid): void
  /** The handler of this process is done, though its answer, or another handler, is not. */
  leftBy(process: Pid): void
  /** Its handler is done, or what it is about is over. */
  processed(): void
  /** It is over for whoever asked; its handler may still be at it. */
  answered(): void
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
  /** It came from outside of the cluster, and is answered there. */
  readonly isServed?: boolean
  /** Each handler of it gets a span of its own. */
  readonly isShared?: boolean
}

/** What traces for a node. The runtime asks it only while it is awake. */
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
  /**
   * What came from outside of the cluster; it is no span of this node. `isSampled` stands in place
   * of what the headers say of it.
   */
  outside(headers: TraceHeaders, isSampled?: boolean): OpenSpan | undefined
  /** The other way round. */
  headersOf(span: OpenSpan): TraceHeaders
  /** Wall clock of its spans: milliseconds to the microsecond. */
  wallMs(): number
  /** False: nothing is known of any process that would have to be forgotten at its end. */
  readonly remembers: boolean
  /** Something is begun again below what was begun before: what is asleep wakes. */
  goOn(): void
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
  /** Until it is awoken there is nothing to trace. */
  rest(): void
  /** Something is known of a process: its end has to be told, whether there are traces or not. */
  remember(): void
  /** The process of this node behind an address. */
  find(to: Address): Pid | undefined
  /** Hands spans to a process, and begins no trace by it; settles with its answer. */
  hand(to: Address, spans: readonly Span[], timeoutMs: number): Promise<unknown>
  warn(text: string, fields: Readonly<Record<string, unknown>>): void
}

/** Makes the tracer of a node; OPTION_INVALID. */
export type MakeTracer = (options: TracingOptions | undefined, home: TracerHome) => Tracer
