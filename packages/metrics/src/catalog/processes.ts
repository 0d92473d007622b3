/**
 * catalog/processes: scheduler, mailboxes and processes, with the first of each order.
 *
 * Ranges are told as Ergo tells them: `1ms`, `1K`, `5%`, the last one open.
 *
 * @source ergo-features 25 (mailbox latency, mailbox depth, process, event tops)
 */
import type { CountSheet, FiguresSheet, SurveyEventRow, SurveyRow, SurveySheet } from 'troupe'
import { byKey, type Metric, metricsOf, type Reading, seconds } from './metric.js'

const ofFigures = metricsOf<FiguresSheet>(({ figures }) => figures)
const { gauge } = metricsOf<SurveySheet>(({ survey }) => survey)

/** One line for each range, named by its upper bound; the last by what it lies above. */
function ranges(spread: CountSheet, name: (bound: number) => string): readonly Reading[] {
  const { bounds, counts } = spread
  const last = `${name(bounds.at(-1) ?? 0)}+`
  return counts.map((value, at) => {
    const bound = bounds[at]
    return { labels: { range: bound === undefined ? last : name(bound) }, value }
  })
}

const asTime = (ms: number): string => (ms < 1_000 ? `${ms}ms` : `${ms / 1_000}s`)
const asCount = (count: number): string => (count < 1_000 ? `${count}` : `${count / 1_000}K`)
const asShare = (share: number): string => `${Math.round(share * 100)}%`

const top = (rows: readonly SurveyRow[], unit: (value: number) => number): readonly Reading[] =>
  rows.map(({ pid, name = '', application = '', behaviour, value }) => ({
    labels: { pid, name, application, behavior: behaviour },
    value: unit(value),
  }))

const events = (rows: readonly SurveyEventRow[]): readonly Reading[] =>
  rows.map(({ event, owner = '', value }) => ({ labels: { event, producer: owner }, value }))

const same = (value: number): number => value

export const SCHEDULER_METRICS: readonly Metric[] = Object.freeze([
  ofFigures.gauge('run_queue', 'Processes that wait for a turn.', (all) => all.scheduler.runQueue),
  ofFigures.gauge(
    'handlers_suspended',
    'Handlers whose promise has not settled.',
    ({ scheduler }) => scheduler.suspended,
  ),
  ofFigures.counter(
    'turns_total',
    'Turns that processes were given.',
    ({ scheduler }) => scheduler.turns,
  ),
  ofFigures.histogram(
    'turn_seconds',
    'How long turns took; sampled.',
    ({ scheduler }) => scheduler.turnMs,
  ),
  ofFigures.histogram(
    'mailbox_wait_seconds',
    'How long messages waited in a mailbox; sampled.',
    ({ scheduler }) => scheduler.waitMs,
  ),
])

export const MAILBOX_METRICS: readonly Metric[] = Object.freeze([
  gauge(
    'mailbox_latency_distribution',
    'Processes by how long the oldest message in their mailbox has waited.',
    ({ waitMs }) => ranges(waitMs, asTime),
    'mailbox_latency_distribution',
  ),
  gauge(
    'mailbox_latency_max_seconds',
    'The longest wait of a message that is in a mailbox.',
    ({ waitMs }) => seconds(waitMs.max),
    'mailbox_latency_max_seconds',
  ),
  gauge(
    'mailbox_latency_processes',
    'Processes in whose mailbox something waits.',
    ({ waitMs }) => waitMs.counts.reduce((sum, count) => sum + count, 0),
    'mailbox_latency_processes',
  ),
  gauge(
    'mailbox_latency_top_seconds',
    'The longest waits.',
    ({ tops }) => top(tops.wait, seconds),
    'mailbox_latency_top_seconds',
  ),
  gauge(
    'mailbox_depth_distribution',
    'Processes by how many messages wait in their mailbox.',
    ({ depth }) => ranges(depth, asCount),
    'mailbox_depth_distribution',
  ),
  gauge(
    'mailbox_depth_max',
    'Most messages in one mailbox.',
    ({ depth }) => depth.max,
    'mailbox_depth_max',
  ),
  gauge(
    'mailbox_depth_top',
    'The deepest mailboxes.',
    ({ tops }) => top(tops.mailbox, same),
    'mailbox_depth_top',
  ),
])

export const PROCESS_METRICS: readonly Metric[] = Object.freeze([
  gauge(
    'process_utilization_distribution',
    'Processes that have run, by running time for their life.',
    ({ utilisation }) => ranges(utilisation, asShare),
    'process_utilization_distribution',
  ),
  gauge(
    'process_utilization_max',
    'Highest running time for its life of a process.',
    ({ utilisation }) => utilisation.max,
    'process_utilization_max',
  ),
  gauge(
    'process_utilization_top',
    'Highest running times for their life.',
    ({ tops }) => top(tops.utilisation, same),
    'process_utilization_top',
  ),
  gauge(
    'process_messages_in',
    'Messages taken, of the processes that are alive.',
    ({ messagesIn }) => messagesIn,
    'process_messages_in',
  ),
  gauge(
    'process_messages_in_top',
    'Processes that took most messages.',
    ({ tops }) => top(tops['messages-in'], same),
    'process_messages_in_top',
  ),
  gauge(
    'process_messages_out',
    'Messages sent, of the processes that are alive.',
    ({ messagesOut }) => messagesOut,
    'process_messages_out',
  ),
  gauge(
    'process_messages_out_top',
    'Processes that sent most messages.',
    ({ tops }) => top(tops['messages-out'], same),
    'process_messages_out_top',
  ),
  gauge(
    'process_running_time_seconds',
    'Time in handlers, of the processes that are alive; sampled.',
    ({ runningMs }) => seconds(runningMs),
    'process_running_time_seconds',
  ),
  gauge('process_running_time_top_seconds', 'Processes that ran longest.', ({ tops }) =>
    top(tops.running, seconds),
  ),
  gauge(
    'process_wakeups',
    'Turns, of the processes that are alive.',
    ({ wakeUps }) => wakeUps,
    'process_wakeups',
  ),
  gauge(
    'process_wakeups_top',
    'Processes that were given most turns.',
    ({ tops }) => top(tops['wake-ups'], same),
    'process_wakeups_top',
  ),
  gauge(
    'process_drains_top',
    'Most messages for each turn: many at high utilization is healthy, one is slow.',
    ({ tops }) => top(tops.drains, same),
    'process_drains_top',
  ),
  gauge(
    'process_liveness_bottom',
    'Least running time for life and wait: may be stuck.',
    ({ tops }) => top(tops.liveness, same),
    'process_liveness_bottom',
  ),
  gauge(
    'process_init_time_max_seconds',
    'The longest init of the processes that are alive; sampled where it does not wait.',
    ({ initMaxMs }) => seconds(initMaxMs),
    'process_init_time_max_seconds',
  ),
  gauge(
    'process_init_time_top_seconds',
    'Processes whose init took longest.',
    ({ tops }) => top(tops.init, seconds),
    'process_init_time_top_seconds',
  ),
  gauge('process_restarts', 'Restarts, of the processes that are alive.', (all) => all.restarts),
  gauge('process_restarts_top', 'Processes that were restarted most.', ({ tops }) =>
    top(tops.restarts, same),
  ),
])

export const EVENT_METRICS: readonly Metric[] = Object.freeze([
  gauge(
    'event_subscribers_max',
    'Most subscribers of one event.',
    ({ events: all }) => all.subscribersMax,
    'event_subscribers_max',
  ),
  gauge(
    'event_utilization',
    'Events by who uses them: active, on_demand, idle, no_subscribers, no_publishing.',
    ({ events: { uses } }) =>
      byKey('state', {
        active: uses.active,
        on_demand: uses['on-demand'],
        idle: uses.idle,
        no_subscribers: uses.unheard,
        no_publishing: uses.silent,
      }),
    'event_utilization',
  ),
  gauge(
    'event_subscribers_top',
    'Events with most subscribers.',
    ({ events: { tops } }) => events(tops.subscribers),
    'event_subscribers_top',
  ),
  gauge(
    'event_published_top',
    'Events with most publications.',
    ({ events: { tops } }) => events(tops.published),
    'event_published_top',
  ),
  gauge(
    'event_local_sent_top',
    'Events by publications times subscribers.',
    ({ events: { tops } }) => events(tops.delivered),
    'event_local_sent_top',
  ),
  gauge(
    'event_remote_sent_top',
    'Events by publications times the nodes they were sent to.',
    ({ events: { tops } }) => events(tops['sent-away']),
    'event_remote_sent_top',
  ),
])
