/**
 * catalog/node: the node, its messages, its log, its program.
 *
 * @source ergo-features 25 (node, events, errors, log)
 */
import type { FiguresSheet } from 'troupe'
import { byKey, type Metric, metricsOf, seconds } from './metric.js'

const PHASES = ['starting', 'running', 'draining', 'stopping'] as const

const every = metricsOf((sheets) => sheets)
const { counter, gauge } = metricsOf<FiguresSheet>(({ figures }) => figures)

export const NODE_METRICS: readonly Metric[] = Object.freeze([
  every.gauge('node_up', 'Whether the node answered, if only to refuse; 0 or 1.', ({ isUp }) =>
    isUp ? 1 : 0,
  ),
  every.gauge('node_phase', 'What the node is doing: 1 for the phase it is in.', ({ phase }) =>
    phase === undefined
      ? undefined
      : PHASES.map((one) => ({ labels: { phase: one }, value: one === phase ? 1 : 0 })),
  ),
  gauge(
    'node_uptime_seconds',
    'Time since the node started.',
    ({ uptimeMs }) => seconds(uptimeMs),
    'node_uptime_seconds',
  ),
  gauge('node_start_time_seconds', 'When the node started, since 1970.', ({ timeMs, uptimeMs }) =>
    seconds(timeMs - uptimeMs),
  ),
  gauge('processes', 'Processes that are alive.', (all) => all.processes, 'processes_total'),
  gauge(
    'processes_running',
    'Processes that have something to do: a turn that is due or a handler that has not settled.',
    ({ scheduler }) => scheduler.runQueue + scheduler.suspended,
    'processes_running',
  ),
  gauge(
    'processes_zombie',
    'Processes that were killed and whose handler has not settled.',
    ({ zombies }) => zombies,
    'processes_zombie',
  ),
  counter(
    'processes_spawned_total',
    'Processes that were started.',
    ({ spawned }) => spawned,
    'processes_spawned_total',
  ),
  counter(
    'processes_spawn_failed_total',
    'Processes that did not start.',
    ({ spawnFailed }) => spawnFailed,
    'processes_spawn_failed_total',
  ),
  counter(
    'processes_terminated_total',
    'Processes that have ended.',
    ({ ended }) => ended,
    'processes_terminated_total',
  ),
  gauge(
    'applications',
    'Applications that are loaded.',
    ({ applications }) => applications,
    'applications_total',
  ),
  gauge(
    'applications_running',
    'Applications that run.',
    ({ applicationsRunning }) => applicationsRunning,
    'applications_running',
  ),
  gauge('registered_names', 'Registered names.', ({ names }) => names, 'registered_names_total'),
  gauge(
    'registered_aliases',
    'Aliases of processes.',
    ({ aliases }) => aliases,
    'registered_aliases_total',
  ),
  gauge(
    'registered_events',
    'Events that are registered.',
    ({ events }) => events,
    'registered_events_total',
  ),
])

export const MESSAGE_METRICS: readonly Metric[] = Object.freeze([
  counter('messages_sent_total', 'Messages and requests, taken or refused.', ({ sent }) => sent),
  counter('messages_handled_total', 'Messages whose handler is done.', ({ handled }) => handled),
  gauge('messages_waiting', 'Messages in mailboxes.', ({ waiting }) => waiting),
  gauge('messages_handling', 'Messages whose handler has not settled.', (all) => all.handling),
  counter('dead_letters_total', 'Messages that nobody handled, by cause.', ({ dropped }) =>
    byKey('cause', dropped),
  ),
  gauge('calls_open', 'Calls of this node that wait for their answer.', ({ calls }) => calls),
  counter(
    'replies_unwanted_total',
    'Answers that came when their caller had given up.',
    ({ unwantedReplies }) => unwantedReplies,
  ),
  counter(
    'rejections_floating_total',
    'Promises that rejected with nobody listening.',
    ({ floatingRejections }) => floatingRejections,
  ),
  counter(
    'send_errors_local_total',
    'Sends on this node that failed.',
    ({ sendFailed }) => sendFailed.local,
    'send_errors_local_total',
  ),
  counter(
    'send_errors_remote_total',
    'Sends to other nodes that failed.',
    ({ sendFailed }) => sendFailed.remote,
    'send_errors_remote_total',
  ),
  counter(
    'call_errors_local_total',
    'Calls on this node that failed.',
    ({ callFailed }) => callFailed.local,
    'call_errors_local_total',
  ),
  counter(
    'call_errors_remote_total',
    'Calls to other nodes that failed.',
    ({ callFailed }) => callFailed.remote,
    'call_errors_remote_total',
  ),
  counter(
    'events_published_total',
    'Publications on this node.',
    ({ published }) => published,
    'events_published_total',
  ),
  counter(
    'events_received_total',
    'Publications that came from other nodes.',
    ({ eventsReceived }) => eventsReceived,
    'events_received_total',
  ),
  counter(
    'events_local_sent_total',
    'Publications times the subscribers here that had them.',
    ({ eventsDelivered }) => eventsDelivered,
    'events_local_sent_total',
  ),
  counter(
    'events_remote_sent_total',
    'Publications that were sent to other nodes.',
    ({ eventsSentAway }) => eventsSentAway,
    'events_remote_sent_total',
  ),
  counter(
    'log_messages_total',
    'Records of the log by level; lost: a sink failed.',
    ({ logCounts }) => byKey('level', logCounts),
    'log_messages_total',
  ),
])

export const PROGRAM_METRICS: readonly Metric[] = Object.freeze([
  gauge(
    'memory_resident_bytes',
    'Memory of the program.',
    ({ memory }) => memory.rssBytes,
    'memory_used_bytes',
  ),
  gauge(
    'memory_heap_used_bytes',
    'Heap that is in use.',
    ({ memory }) => memory.heapUsedBytes,
    'memory_alloc_bytes',
  ),
  gauge('memory_heap_bytes', 'Size of the heap.', ({ memory }) => memory.heapTotalBytes),
  gauge('memory_external_bytes', 'Buffers outside the heap.', ({ memory }) => memory.externalBytes),
  counter(
    'cpu_user_seconds_total',
    'Time on a core, of the program itself.',
    ({ cpuUserMs }) => seconds(cpuUserMs),
    'cpu_user_seconds',
  ),
  counter(
    'cpu_system_seconds_total',
    'Time on a core, of the operating system for the program.',
    ({ cpuSystemMs }) => seconds(cpuSystemMs),
    'cpu_system_seconds',
  ),
  gauge('cpu_cores', 'Cores that the program may use.', ({ cores }) => cores, 'cpu_cores'),
  gauge('event_loop_delay_seconds', 'How late the event loop is: mean of some seconds.', (all) =>
    seconds(all.loop.delayMs),
  ),
  gauge('event_loop_delay_max_seconds', 'How late the event loop is: highest.', ({ loop }) =>
    seconds(loop.delayMaxMs),
  ),
  gauge('event_loop_delay_p99_seconds', 'How late the event loop is: 99 of 100.', ({ loop }) =>
    seconds(loop.delayP99Ms),
  ),
  gauge(
    'event_loop_utilization_ratio',
    'Share of the time in which the event loop worked.',
    ({ loop }) => loop.utilisation,
  ),
])
