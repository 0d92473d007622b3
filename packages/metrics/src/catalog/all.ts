/**
 * catalog/all: every metric of the platform, in the order in which they are written.
 */
import { CLUSTER_METRICS, CRON_METRICS, SERVICE_METRICS } from './cluster.js'
import { HOST_METRICS } from './host.js'
import { type Metric, type Names, nameOf } from './metric.js'
import { CONNECTION_METRICS, NETWORK_METRICS, PEER_METRICS } from './network.js'
import { MESSAGE_METRICS, NODE_METRICS, PROGRAM_METRICS } from './node.js'
import { EVENT_METRICS, MAILBOX_METRICS, PROCESS_METRICS, SCHEDULER_METRICS } from './processes.js'

/** What they are about: so they stand together where they are shown. */
export const SECTIONS: readonly (readonly [about: string, metrics: readonly Metric[]])[] =
  Object.freeze([
    ['node', NODE_METRICS],
    ['messages', MESSAGE_METRICS],
    ['program', PROGRAM_METRICS],
    ['machine', HOST_METRICS],
    ['scheduler', SCHEDULER_METRICS],
    ['mailboxes', MAILBOX_METRICS],
    ['processes', PROCESS_METRICS],
    ['events', EVENT_METRICS],
    ['network', NETWORK_METRICS],
    ['peers', [...PEER_METRICS, ...CONNECTION_METRICS]],
    ['cluster', CLUSTER_METRICS],
    ['services', SERVICE_METRICS],
    ['calendar', CRON_METRICS],
  ])

export const METRICS: readonly Metric[] = Object.freeze(SECTIONS.flatMap(([, metrics]) => metrics))

/** Names that nobody else may use. */
export const baseNames = (names: Names): ReadonlySet<string> =>
  new Set(METRICS.map((metric) => nameOf(metric, names)))
