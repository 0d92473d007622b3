/**
 * metrics/test/ergo-names: every name that Ergo has, its labels, and what it is called here: none
 * is missing, and dashboards that expect the old names find them.
 *
 * @source ergo-features 25
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS } from '#metrics/catalog/all'
import { type Metric, nameOf } from '#metrics/catalog/metric'
import { Reader } from '#metrics/catalog/reader'
import type { Sheets } from '#metrics/gather/sheets'
import { WHOLE_SHEETS } from '#test/sheets-kit'

type Row = readonly [ergo: string, troupe: string, type: 'counter' | 'gauge', labels?: string]

const TOP = 'pid name application behavior'
const PEER = 'remote_node'

/** In the order of the reference. */
const TABLE: readonly Row[] = [
  ['node_uptime_seconds', 'node_uptime_seconds', 'gauge'],
  ['processes_total', 'processes', 'gauge'],
  ['processes_running', 'processes_running', 'gauge'],
  ['processes_zombie', 'processes_zombie', 'gauge'],
  ['processes_spawned_total', 'processes_spawned_total', 'counter'],
  ['processes_spawn_failed_total', 'processes_spawn_failed_total', 'counter'],
  ['processes_terminated_total', 'processes_terminated_total', 'counter'],
  ['memory_used_bytes', 'memory_resident_bytes', 'gauge'],
  ['memory_alloc_bytes', 'memory_heap_used_bytes', 'gauge'],
  ['cpu_user_seconds', 'cpu_user_seconds_total', 'counter'],
  ['cpu_system_seconds', 'cpu_system_seconds_total', 'counter'],
  ['cpu_cores', 'cpu_cores', 'gauge'],
  ['applications_total', 'applications', 'gauge'],
  ['applications_running', 'applications_running', 'gauge'],
  ['registered_names_total', 'registered_names', 'gauge'],
  ['registered_aliases_total', 'registered_aliases', 'gauge'],
  ['registered_events_total', 'registered_events', 'gauge'],
  ['events_published_total', 'events_published_total', 'counter'],
  ['events_received_total', 'events_received_total', 'counter'],
  ['events_local_sent_total', 'events_local_sent_total', 'counter'],
  ['events_remote_sent_total', 'events_remote_sent_total', 'counter'],
  ['send_errors_local_total', 'send_errors_local_total', 'counter'],
  ['send_errors_remote_total', 'send_errors_remote_total', 'counter'],
  ['call_errors_local_total', 'call_errors_local_total', 'counter'],
  ['call_errors_remote_total', 'call_errors_remote_total', 'counter'],
  ['log_messages_total', 'log_messages_total', 'counter', 'level'],
  ['connected_nodes_total', 'connected_nodes', 'gauge'],
  ['connections_established_total', 'connections_established_total', 'counter'],
  ['connections_lost_total', 'connections_lost_total', 'counter'],
  [
    ...(['acceptor_handshake_errors_total', 'acceptor_handshake_errors_total'] as const),
    ...(['counter', 'acceptor'] as const),
  ],
  ['remote_node_uptime_seconds', 'remote_node_uptime_seconds', 'gauge', PEER],
  ['remote_messages_in_total', 'remote_messages_in_total', 'counter', PEER],
  ['remote_messages_out_total', 'remote_messages_out_total', 'counter', PEER],
  ['remote_bytes_in_total', 'remote_bytes_in_total', 'counter', PEER],
  ['remote_bytes_out_total', 'remote_bytes_out_total', 'counter', PEER],
  ['remote_fragments_sent_total', 'remote_fragments_sent_total', 'counter', PEER],
  ['remote_fragments_received_total', 'remote_fragments_received_total', 'counter', PEER],
  ...(
    [
      ['remote_fragment_messages_sent_total', 'remote_fragment_messages_sent_total'],
      ['remote_fragment_messages_received_total', 'remote_fragment_messages_received_total'],
      ['remote_fragment_timeouts_total', 'remote_fragment_timeouts_total'],
      ['remote_compressed_sent_total', 'remote_compressed_sent_total'],
      ['remote_compressed_bytes_sent_total', 'remote_compressed_sent_bytes_total'],
      ['remote_compressed_orig_bytes_sent_total', 'remote_compressed_sent_original_bytes_total'],
      ['remote_decompressed_recv_total', 'remote_decompressed_received_total'],
      ['remote_decompressed_bytes_recv_total', 'remote_decompressed_received_bytes_total'],
      ['remote_decompressed_orig_recv_total', 'remote_decompressed_received_original_bytes_total'],
    ] as const
  ).map(([ergo, troupe]): Row => [ergo, troupe, 'counter', PEER]),
  ['mailbox_latency_distribution', 'mailbox_latency_distribution', 'gauge', 'range'],
  ['mailbox_latency_max_seconds', 'mailbox_latency_max_seconds', 'gauge'],
  ['mailbox_latency_processes', 'mailbox_latency_processes', 'gauge'],
  ['mailbox_latency_top_seconds', 'mailbox_latency_top_seconds', 'gauge', TOP],
  ['mailbox_depth_distribution', 'mailbox_depth_distribution', 'gauge', 'range'],
  ['mailbox_depth_max', 'mailbox_depth_max', 'gauge'],
  ['mailbox_depth_top', 'mailbox_depth_top', 'gauge', TOP],
  ['process_utilization_distribution', 'process_utilization_distribution', 'gauge', 'range'],
  ['process_utilization_max', 'process_utilization_max', 'gauge'],
  ['process_utilization_top', 'process_utilization_top', 'gauge', TOP],
  ['process_init_time_max_seconds', 'process_init_time_max_seconds', 'gauge'],
  ['process_init_time_top_seconds', 'process_init_time_top_seconds', 'gauge', TOP],
  ['process_messages_in_top', 'process_messages_in_top', 'gauge', TOP],
  ['process_messages_out_top', 'process_messages_out_top', 'gauge', TOP],
  ['process_messages_in', 'process_messages_in', 'gauge'],
  ['process_messages_out', 'process_messages_out', 'gauge'],
  ['process_running_time_seconds', 'process_running_time_seconds', 'gauge'],
  ['process_wakeups', 'process_wakeups', 'gauge'],
  ['process_wakeups_top', 'process_wakeups_top', 'gauge', TOP],
  ['process_drains_top', 'process_drains_top', 'gauge', TOP],
  ['process_liveness_bottom', 'process_liveness_bottom', 'gauge', TOP],
  ['event_subscribers_max', 'event_subscribers_max', 'gauge'],
  ['event_utilization', 'event_utilization', 'gauge', 'state'],
  ['event_subscribers_top', 'event_subscribers_top', 'gauge', 'event producer'],
  ['event_published_top', 'event_published_top', 'gauge', 'event producer'],
  ['event_local_sent_top', 'event_local_sent_top', 'gauge', 'event producer'],
  ['event_remote_sent_top', 'event_remote_sent_top', 'gauge', 'event producer'],
]

const metricOf = (ergo: string): Metric | undefined => METRICS.find((one) => one.ergo === ergo)

describe('the names of Ergo', () => {
  for (const [ergo, troupe, type, labels = ''] of TABLE) {
    it(`${ergo} is ${troupe}, a ${type}${labels === '' ? '' : ` by ${labels}`}`, () => {
      const metric = metricOf(ergo)
      assert.ok(metric !== undefined)
      assert.equal(nameOf(metric, 'ergo'), `ergo_${ergo}`)
      assert.equal(nameOf(metric, 'troupe'), `troupe_${troupe}`)
      assert.equal(metric.type, type)
      const nodes: readonly Sheets[] = [WHOLE_SHEETS]
      const [sample] = new Reader(nodes).family(metric, 'ergo').samples
      assert.ok(sample !== undefined)
      assert.deepEqual(Object.keys(sample.labels), ['node', ...labels.split(' ')].filter(Boolean))
    })
  }

  it('are these, and none that is not', () => {
    const told = METRICS.flatMap(({ ergo }) => ergo ?? []).sort()
    assert.deepEqual(told, TABLE.map(([ergo]) => ergo).sort())
  })

  it('of event uses are the words that Ergo has', () => {
    const metric = metricOf('event_utilization') as Metric
    const { samples } = new Reader([WHOLE_SHEETS]).family(metric, 'ergo')
    const states = samples.map(({ labels }) => labels['state'])
    assert.deepEqual(states, ['active', 'on_demand', 'idle', 'no_subscribers', 'no_publishing'])
  })
})
