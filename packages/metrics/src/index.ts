/** metrics: Prometheus metrics and health probes of a node. */
export { Counter, Gauge, Histogram, Summary } from 'prom-client'
