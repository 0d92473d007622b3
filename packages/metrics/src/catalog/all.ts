/**
 * catalog/all: every metric of the platform, in the order in which they are written.
 */
import { CLUSTER_METRICS, CRON_METRICS, SERVICE_METRICS } from './cluster.js'
import { HOST_METRICS } from './host.js'
import { type Metric, type Names, nameOf } from './metric.js'
import { CONNECTION_METRICS, NETWORK_METRICS, PEER_METRICS } from './network.js'
import { MESSAGE_METRICS, NODE_METRICS, PROGRAM_METRICS } from './node.js'
import { EVENT_METRICS, MAILBOX_METRICS, PROCESS_METRICS, SCHEDULER_METRICS } from './processes.js'

export const METRICS: readonly Metric[] = Object.freeze([
  ...NODE_METRICS,
  ...MESSAGE_METRICS,
  ...PROGRAM_METRICS,
  ...HOST_METRICS,
  ...SCHEDULER_METRICS,
  ...MAILBOX_METRICS,
  ...PROCESS_METRICS,
  ...EVENT_METRICS,
  ...NETWORK_METRICS,
  ...PEER_METRICS,
  ...CONNECTION_METRICS,
  ...CLUSTER_METRICS,
  ...SERVICE_METRICS,
  ...CRON_METRICS,
])

/** Names that nobody else may use. */
export const baseNames = (names: Names): ReadonlySet<string> =>
  new Set(METRICS.map((metric) => nameOf(metric, names)))
