/**
 * cluster/remote/metric-sheets: what is measured on a node, by Troupe and by its program, with the
 * last hour of it: plain data.
 *
 * The process `system` measures nothing of this itself: it asks the process of its node that has
 * the name `METRICS_PROCESS` and speaks the protocol `METRICS_PROTOCOL`, as the process of
 * `@troupe/metrics` does. Whoever keeps metrics registers by that name, and is gone with it.
 *
 * @source elixir-cluster 6.2 (Metrics), 6.4; ergo-features 25
 */
import { protocol, request } from '#contract'

/** Who keeps the metrics of a node: the name of that process, and of its protocol. */
export const METRICS_PROCESS = 'metrics'
export const METRICS_PROTOCOL = 'troupe.metrics'

/** What a metric is, as Prometheus has it. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary'

/** What its values are; undefined: they are counted. */
export type MetricUnit = 'seconds' | 'bytes' | 'ratio'

/** A number as JSON can hold it. */
export type MetricNumber = number | 'NaN' | '+Inf' | '-Inf'

/**
 * How it went. `value` is that of a gauge; `perSecond` how much was counted or observed; `mean`,
 * `p50` and `p99` are of what was observed in each step.
 */
export type MetricLine = 'value' | 'perSecond' | 'mean' | 'p50' | 'p99'

/** Which metrics, and how much of each. */
export interface MetricsQuestion {
  /** Occurs in the name or the help, in any case. */
  readonly search?: string
  /** Of one group alone; see `MetricGroup`. */
  readonly group?: string
  /** This one alone, by its whole name, with the ranges of its histograms. */
  readonly name?: string
  /** Metrics; default 50, at most 500. */
  readonly limit?: number
  /** Series of each, the highest first; default 5, at most 100. */
  readonly series?: number
  /** How far back; default the whole hour. */
  readonly lastMs?: number
  /** Points of each line; default 60, at most 360; 0: no lines. */
  readonly points?: number
}

/** The same with nothing left open: what the process that keeps metrics is asked. */
export interface MetricsWish {
  readonly search: string | undefined
  readonly group: string | undefined
  readonly name: string | undefined
  readonly limit: number
  readonly series: number
  readonly lastMs: number
  readonly points: number
}

/** Metrics whose names begin alike, `shop_…`; those of Troupe by what they are about. */
export interface MetricGroup {
  readonly name: string
  /** The program brought them; else Troupe measures them. */
  readonly own: boolean
  readonly metrics: number
}

/** One series, or all of a metric together. */
export interface MetricSeries {
  /** Names and values, in their order; cut to 255 characters, and to 16 labels. */
  readonly labels: readonly (readonly [name: string, value: string])[]
  /** Of a gauge its value, of a counter its sum; else how many were observed. */
  readonly value: MetricNumber
  /** Of all that was observed: histograms and summaries. */
  readonly sum: MetricNumber | undefined
  /** Values below which that share of what was observed lies, worked out of ranges, or told. */
  readonly quantiles: readonly (readonly [share: number, value: MetricNumber])[]
  /** How many lie up to each bound and above the one before; only where one metric is asked for. */
  readonly ranges: readonly (readonly [upTo: MetricNumber, count: number])[]
  /** The oldest point first; null where nothing is known. Empty: nothing of it is kept. */
  readonly lines: Readonly<Partial<Record<MetricLine, readonly (number | null)[]>>>
}

/** One metric. */
export interface MetricSheet {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly unit: MetricUnit | undefined
  readonly group: string
  /** The program brought it; else Troupe measures it. */
  readonly own: boolean
  readonly seriesTotal: number
  /** All its series together; undefined of a gauge, and where there is one alone. */
  readonly all: MetricSeries | undefined
  readonly series: readonly MetricSeries[]
}

/** What a process that keeps metrics tells of them. */
export interface MetricsTold {
  /** When all this was read, wall clock; 0: never yet. */
  readonly readMs: number
  /** By name, those of the program first; at most 200 of `groupsTotal`. */
  readonly groups: readonly MetricGroup[]
  readonly groupsTotal: number
  /**
   * Those of the program first, then by name; where they are more than `limit`, or too much, so
   * many of each group, and fewer than `metricsTotal`.
   */
  readonly metrics: readonly MetricSheet[]
  /** How many were meant. */
  readonly metricsTotal: number
  /** Of all metrics, whatever was asked for; and those beyond what is looked at. */
  readonly seriesTotal: number
  readonly unread: number
  readonly history: {
    readonly stepMs: number
    /** Wall clock of the last point. */
    readonly untilMs: number
    /** Series whose last hour is kept, and those for which there is no room. */
    readonly kept: number
    readonly leftOut: number
  }
}

/** What is measured on a node. */
export interface MetricsSheet extends MetricsTold {
  readonly node: string
  readonly timeMs: number
  /** `none`: no process of this node keeps metrics. `silent`: the one that does not answer. */
  readonly state: 'kept' | 'none' | 'silent'
}

/** What a process that keeps metrics is asked by the process `system` of its node. */
export const metricsSource = protocol('troupe.metrics-source', {
  metricsSheet: request<MetricsWish, MetricsTold>(),
})
