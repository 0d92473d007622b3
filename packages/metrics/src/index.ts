/**
 * metrics: Prometheus metrics and health probes of a node.
 */
export { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
export { health, metrics } from './application.js'
export { healthProtocol, type Probe, type SignalRegistration } from './health/protocol.js'
export { MetricsActor } from './metrics-actor.js'
export {
  type DownCause,
  HEALTH_DEFAULTS,
  type HealthOptions,
  type HealthSettings,
  METRICS_DEFAULTS,
  type MetricsOptions,
  type MetricsPortOptions,
  PORT_DEFAULTS,
} from './options.js'
export {
  type CounterValue,
  type HistogramRegistration,
  type LabelValues,
  type MetricRegistration,
  type MetricsPage,
  type MetricValue,
  metricsProtocol,
  type TopRegistration,
} from './own/protocol.js'
