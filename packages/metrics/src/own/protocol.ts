/**
 * own/protocol: what the process `metrics` understands: metrics of other processes.
 */
import { METRICS_PROTOCOL, message, metricsSource, protocol, request } from 'troupe'
import type { TextForm } from '#metrics/exposition/write'

/** Values of the labels of one series. */
export type LabelValues = Readonly<Record<string, string | number>>

/** A metric that a process brings. */
export interface MetricRegistration {
  /** As Prometheus has it; a counter ends in `_total`. `troupe_` and `ergo_` are taken. */
  readonly name: string
  readonly help: string
  /** Names of its labels; `node` is taken. */
  readonly labels?: readonly string[]
}

/** A histogram that a process brings. */
export interface HistogramRegistration extends MetricRegistration {
  /** Upper bounds, rising; default those of prom-client, from 0.005 to 10. */
  readonly buckets?: readonly number[]
}

/** A list of the highest or lowest few that a process brings; made anew for each page. */
export interface TopRegistration extends MetricRegistration {
  /** Rows that are kept: 1 to 200; default 50. */
  readonly limit?: number
  readonly order?: 'highest' | 'lowest'
}

/** A value of one series. */
export interface MetricValue {
  readonly name: string
  readonly labels?: LabelValues
  readonly value: number
}

/** A counter goes on; by 1 without a value. */
export interface CounterValue {
  readonly name: string
  readonly labels?: LabelValues
  readonly value?: number
}

/** A page as it is asked for, and where it can be had. */
export interface MetricsPage {
  readonly contentType: string
  readonly body: string
}

/**
 * What can be asked of the process `metrics`, and told to it, from any process.
 *
 * A metric belongs to the process that registered it and goes with it. OPTION_INVALID for what
 * cannot be; NAME_TAKEN when another has it. What is told of a metric that is not registered, or
 * cannot be, is counted and warned of once.
 */
export const metricsProtocol = protocol(METRICS_PROTOCOL, {
  registerCounter: request<MetricRegistration, void>(),
  registerGauge: request<MetricRegistration, void>(),
  registerHistogram: request<HistogramRegistration, void>(),
  registerTop: request<TopRegistration, void>(),
  /** Takes a metric away; false when there is none. NAME_TAKEN when it is another's. */
  removeMetric: request<string, boolean>(),
  counterAdd: message<CounterValue>(),
  gaugeSet: message<MetricValue>(),
  gaugeAdd: message<MetricValue>(),
  histogramObserve: message<MetricValue>(),
  topObserve: message<MetricValue>(),
  /** The page, as `GET /metrics` gives it. */
  page: request<TextForm, MetricsPage>(),
  /** Targets of the whole cluster, as Prometheus' `http_sd` wants them. */
  targets: request<void, string>(),
  /** What the process `system` of this node shows of them; NOT_ALLOWED for other nodes. */
  metricsSheet: metricsSource.messages.metricsSheet,
})
