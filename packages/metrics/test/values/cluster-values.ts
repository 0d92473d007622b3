/**
 * metrics/test/values/cluster-values: what connections, cluster, services and calendar must be
 * told as.
 */
import { cronJobs, leaders, linked, peers, routes, service, type Values } from './table.js'

const NETWORK: readonly Values[] = [
  ['connected_nodes', 197],
  ['connections_established_total', 199],
  ['connections_lost_total', 211],
  ['connections_kept_bytes', 241],
  ['handshakes_refused_total', { '{code="COOKIE_MISMATCH"}': 877, '{code="LINE_MUTE"}': 881 }],
  [
    'acceptor_handshake_errors_total',
    { '{acceptor="tcp 127.0.0.1:4370"}': 857, '{acceptor="unix /run/x"}': 859 },
  ],
  ['peers', 863],
]

const PEERS: readonly Values[] = [
  ['remote_node_uptime_seconds', peers(10.007, 10.009)],
  ['remote_connected', peers(1, 0)],
  ['remote_round_trip_seconds', linked(0.419)],
  ['remote_messages_in_total', peers(433, 509)],
  ['remote_messages_out_total', peers(431, 503)],
  ['remote_bytes_in_total', peers(443, 523)],
  ['remote_bytes_out_total', linked(587)],
  ['remote_resent_bytes_total', peers(461, 557)],
  ['remote_lines_total', peers(409, 491)],
  ['remote_kept_bytes', peers(449, 541)],
  ['remote_waiting_bytes', peers(457, 547)],
  ['remote_send_buffer_bytes', linked(593)],
  ['remote_send_buffer_limit_bytes', linked(599)],
  ['remote_calls_open', peers(463, 563)],
  ['remote_mailboxes_held_total', peers(467, 569)],
  ['remote_mailboxes_held', linked(2)],
  ['remote_mailboxes_held_by_peer', peers(479, 571)],
  ['remote_mailbox_held_max_seconds', linked(0.677)],
]

const CONNECTIONS: readonly Values[] = [
  ['remote_fragments_sent_total', linked(607)],
  ['remote_fragments_received_total', linked(613)],
  ['remote_fragment_messages_sent_total', linked(617)],
  ['remote_fragment_messages_received_total', linked(619)],
  ['remote_fragment_timeouts_total', linked(631)],
  ['remote_compressed_sent_total', linked(641)],
  ['remote_compressed_sent_bytes_total', linked(643)],
  ['remote_compressed_sent_original_bytes_total', linked(647)],
  ['remote_decompressed_received_total', linked(653)],
  ['remote_decompressed_received_bytes_total', linked(659)],
  ['remote_decompressed_received_original_bytes_total', linked(661)],
]

const CLUSTER: readonly Values[] = [
  [
    'registrar_state',
    {
      '{kind="embedded",state="connected"}': 1,
      '{kind="embedded",state="disconnected"}': 0,
      '{kind="embedded",state="stopped"}': 0,
    },
  ],
  ['registrar_nodes', 829],
  ['registrar_serving', 1],
  ['registrar_refused_total', { '{code="FORGED"}': 839, '{code="STALE"}': 853 }],
  ['members', { '{state="connected"}': 3, '{state="suspect"}': 2 }],
  [
    'leader_role',
    {
      '{cluster_id="jobs",name="job",role="leader"}': 1,
      '{cluster_id="jobs",name="job",role="follower"}': 0,
      '{cluster_id="jobs",name="job",role="candidate"}': 0,
      '{cluster_id="jobs",name="job",role="observer"}': 0,
      '{cluster_id="locks",name="",role="leader"}': 0,
      '{cluster_id="locks",name="",role="follower"}': 1,
      '{cluster_id="locks",name="",role="candidate"}': 0,
      '{cluster_id="locks",name="",role="observer"}': 0,
    },
  ],
  ['leader_known', leaders(1, 0)],
  ['leader_term', leaders(823, 827)],
  ['leader_lease_left_seconds', leaders(8.231, 8.237)],
  ['leader_voters', leaders(4, 3)],
  ['leader_peers', leaders(2, 1)],
]

const SERVICES: readonly Values[] = [
  [
    'breaker_state',
    {
      '{service="shop",remote_node="y@host",state="closed"}': 1,
      '{service="shop",remote_node="y@host",state="half-open"}': 0,
      '{service="shop",remote_node="y@host",state="open"}': 0,
      '{service="shop",remote_node="z@host",state="closed"}': 0,
      '{service="shop",remote_node="z@host",state="half-open"}': 0,
      '{service="shop",remote_node="z@host",state="open"}': 1,
    },
  ],
  ['service_weight', routes(683, 739)],
  ['service_pending', routes(709, 757)],
  ['service_sent_total', routes(719, 761)],
  ['service_answered_total', routes(727, 769)],
  ['service_failed_total', routes(733, 773)],
  ['service_retried_total', service(787)],
  ['service_hedged_total', service(797)],
  ['service_unrouted_total', service(821)],
]

const CALENDAR: readonly Values[] = [
  ['cron_job_enabled', cronJobs(1, 0)],
  ['cron_job_running', cronJobs(883, 941)],
  ['cron_job_runs_total', cronJobs(887, 947)],
  ['cron_job_failures_total', cronJobs(911, 953)],
  ['cron_job_missed_total', cronJobs(919, 967)],
  ['cron_job_skipped_total', cronJobs(929, 971)],
]

export const CLUSTER_VALUES: readonly Values[] = [
  ...[...NETWORK, ...PEERS, ...CONNECTIONS],
  ...[...CLUSTER, ...SERVICES, ...CALENDAR],
]
