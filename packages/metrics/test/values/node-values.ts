/**
 * metrics/test/values/node-values: what the node, its program and its machine must be told as.
 */
import type { Values } from './table.js'

const NODE: readonly Values[] = [
  ['node_up', 1],
  [
    'node_phase',
    {
      ...{ '{phase="starting"}': 0, '{phase="running"}': 1 },
      ...{ '{phase="draining"}': 0, '{phase="stopping"}': 0 },
    },
  ],
  ['node_uptime_seconds', 4.001],
  ['node_start_time_seconds', 896.006],
  ['processes', 907],
  ['processes_running', 258],
  ['processes_zombie', 11],
  ['processes_spawned_total', 1_013],
  ['processes_spawn_failed_total', 13],
  ['processes_terminated_total', 101],
  ['applications', 31],
  ['applications_running', 29],
  ['registered_names', 17],
  ['registered_aliases', 19],
  ['registered_events', 23],
]

const MESSAGES: readonly Values[] = [
  ['messages_sent_total', 2_003],
  ['messages_handled_total', 1_801],
  ['messages_waiting', 83],
  ['messages_handling', 37],
  ['dead_letters_total', { '{cause="no-process"}': 41, '{cause="mailbox-full"}': 43 }],
  ['calls_open', 67],
  ['replies_unwanted_total', 71],
  ['rejections_floating_total', 73],
  ['send_errors_local_total', 47],
  ['send_errors_remote_total', 53],
  ['call_errors_local_total', 59],
  ['call_errors_remote_total', 61],
  ['events_published_total', 79],
  ['events_received_total', 89],
  ['events_local_sent_total', 97],
  ['events_remote_sent_total', 103],
  [
    'log_messages_total',
    { '{level="debug"}': 107, '{level="warning"}': 109, '{level="lost"}': 113 },
  ],
]

const PROGRAM: readonly Values[] = [
  ['memory_resident_bytes', 4_000_037],
  ['memory_heap_used_bytes', 2_000_003],
  ['memory_heap_bytes', 3_000_017],
  ['memory_external_bytes', 1_000_003],
  ['cpu_user_seconds_total', 11.003],
  ['cpu_system_seconds_total', 5.009],
  ['cpu_cores', 7],
  ['event_loop_delay_seconds', 0.179],
  ['event_loop_delay_max_seconds', 0.191],
  ['event_loop_delay_p99_seconds', 0.181],
  ['event_loop_utilization_ratio', 0.193],
]

const MACHINE: readonly Values[] = [
  ['host_load', { '{minutes="1"}': 6.5, '{minutes="5"}': 5.5, '{minutes="15"}': 3.5 }],
  ['host_load_per_core', { '{minutes="1"}': 1.3, '{minutes="5"}': 1.1, '{minutes="15"}': 0.7 }],
  ['host_memory_size_bytes', 257],
  ['host_memory_available_bytes', 263],
  ['host_memory_used_bytes', 269],
  ['host_memory_cached_bytes', 271],
  ['host_swap_size_bytes', 277],
  ['host_swap_used_bytes', 281],
  ['host_disk_size_bytes', disks(1_283, 2_027)],
  ['host_disk_used_bytes', disks(307, 317)],
  ['host_disk_available_bytes', disks(921, 1_268)],
  ['host_disk_used_ratio', disks(0.25, 0.2)],
]

const HELD_OF_MACHINE: readonly Values[] = [
  ['host_files_open', 337],
  ['host_files_limit', 347],
  ['host_resources', { '{type="Timeout"}': 349, '{type="TCPSocketWrap"}': 353 }],
  ['host_threads', 359],
  [
    'host_thread_cpu_seconds_total',
    { '{thread="7",name="node"}': 3.607, '{thread="8",name="worker"}': 3.701 },
  ],
  ['host_thread_utilization_ratio', { '{thread="7",name="node"}': 0.367 }],
  ['host_workers', 373],
  ['host_worker_utilization_ratio', { '{worker="1"}': 0.379, '{worker="2"}': 0.383 }],
  ['host_container_memory_limit_bytes', 389],
  ['host_container_memory_available_bytes', 397],
  ['host_container_cores', 1.5],
  ['host_container_throttled_total', 401],
  ['host_container_throttled_seconds_total', 4.093],
  ['host_unread', 2],
]

/** One line for each disk of the kit. */
function disks(root: number, data: number): Values[1] {
  return { '{mount="/",kind="ext4"}': root, '{mount="/data",kind="xfs"}': data }
}

export const NODE_VALUES: readonly Values[] = [
  ...[...NODE, ...MESSAGES, ...PROGRAM],
  ...[...MACHINE, ...HELD_OF_MACHINE],
]
