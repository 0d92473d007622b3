/**
 * cluster/remote/trace-sheets: the traces a node keeps and how they are chosen: plain data.
 * Times are milliseconds, with fractions to the microsecond.
 *
 * @source ergo-features 17, 25, 28 and weakness 25; elixir-cluster 6.2 to 6.5
 */
import type { Pid } from '#contract'

/** How traces are chosen: of the node, an application or one process. */
export interface SamplerSheet {
  readonly scope: 'node' | 'application' | 'process'
  readonly of: string
  /** `off`, `always`, `ratio 0.01`, `per-second 5`. */
  readonly sampler: string
}

/** One span of a trace, as a node keeps it. */
export interface SpanSheet {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly node: string
  readonly kind:
    | 'send'
    | 'request'
    | 'response'
    | 'event'
    | 'timer'
    | 'spawn'
    | 'terminate'
    | 'user'
  readonly name: string
  readonly from: string | undefined
  readonly to: string | undefined
  readonly behaviour: string | undefined
  /** Wall clock of this node at the points that were seen; undefined: not seen here. */
  readonly sentMs: number | undefined
  readonly deliveredMs: number | undefined
  readonly processedMs: number | undefined
  readonly failed: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Traces that a node keeps, the newest first. */
export interface TracesSheet {
  readonly samplers: readonly SamplerSheet[]
  readonly exporters: readonly string[]
  /** Kept, dropped for want of room, and since the start. */
  readonly kept: number
  readonly gone: number
  readonly total: number
  readonly rows: readonly {
    readonly traceId: string
    /** Of the oldest step that this node has of it: what it is, and who got it. */
    readonly kind: SpanSheet['kind']
    readonly name: string
    readonly node: string
    readonly process: string | undefined
    readonly behaviour: string | undefined
    readonly startMs: number
    readonly tookMs: number
    readonly spans: number
    readonly failed: boolean
  }[]
}

/** Which traces: the newest, or all spans of one (`traceId`) that this node has. */
export interface TraceQuestion {
  readonly traceId?: string
  readonly search?: string
  readonly pid?: Pid
  readonly limit?: number
}

/** The spans of one trace that one node has. */
export interface TraceSheet {
  readonly traceId: string
  readonly spans: readonly SpanSheet[]
  /** More there were. */
  readonly leftOut: number
}
