/**
 * metrics/test/values/process-values: what scheduler, processes and events must be told as.
 */
import { first, firstEvent, type Values } from './table.js'

const SCHEDULER: readonly Values[] = [
  ['run_queue', 127],
  ['handlers_suspended', 131],
  ['turns_total', 5_003],
  [
    'turn_seconds',
    {
      ...{ '_bucket{le="0.001"}': 137, '_bucket{le="0.01"}': 276, '_bucket{le="+Inf"}': 425 },
      ...{ _sum: 3.001, _count: 425 },
    },
  ],
  [
    'mailbox_wait_seconds',
    {
      ...{ '_bucket{le="0.002"}': 157, '_bucket{le="0.02"}': 320, '_bucket{le="+Inf"}': 487 },
      ...{ _sum: 7.001, _count: 487 },
    },
  ],
]

const MAILBOXES: readonly Values[] = [
  [
    'mailbox_latency_distribution',
    { '{range="5ms"}': 1_021, '{range="2s"}': 1_031, '{range="2s+"}': 1_033 },
  ],
  ['mailbox_latency_max_seconds', 1.039],
  ['mailbox_latency_processes', 3_085],
  ['mailbox_latency_top_seconds', first(1.109)],
  [
    'mailbox_depth_distribution',
    { '{range="10"}': 991, '{range="5K"}': 997, '{range="5K+"}': 1_009 },
  ],
  ['mailbox_depth_max', 1_019],
  [
    'mailbox_depth_top',
    {
      ...first(1_103),
      '{pid="<x@host.2>",name="",application="",behavior="worker"}': 1_289,
    },
  ],
]

const PROCESSES: readonly Values[] = [
  [
    'process_utilization_distribution',
    { '{range="10%"}': 1_049, '{range="50%"}': 1_051, '{range="50%+"}': 1_061 },
  ],
  ['process_utilization_max', 0.9973],
  ['process_utilization_top', first(0.1163)],
  ['process_messages_in', 1_063],
  ['process_messages_in_top', first(1_123)],
  ['process_messages_out', 1_069],
  ['process_messages_out_top', first(1_129)],
  ['process_running_time_seconds', 1.091],
  ['process_running_time_top_seconds', first(1.117)],
  ['process_wakeups', 1_087],
  ['process_wakeups_top', first(1_151)],
  ['process_drains_top', first(1_153)],
  ['process_liveness_bottom', first(0.1171)],
  ['process_init_time_max_seconds', 1.097],
  ['process_init_time_top_seconds', first(1.187)],
  ['process_restarts', 1_093],
  ['process_restarts_top', first(1_181)],
]

const EVENTS: readonly Values[] = [
  ['event_subscribers_max', 1_193],
  [
    'event_utilization',
    {
      ...{ '{state="active"}': 1_213, '{state="on_demand"}': 1_217, '{state="idle"}': 1_231 },
      ...{ '{state="no_subscribers"}': 1_223, '{state="no_publishing"}': 1_229 },
    },
  ],
  ['event_subscribers_top', { ...firstEvent(1_237), '{event="dead-letter",producer=""}': 1_291 }],
  ['event_published_top', firstEvent(1_249)],
  ['event_local_sent_top', firstEvent(1_259)],
  ['event_remote_sent_top', firstEvent(1_277)],
]

export const PROCESS_VALUES: readonly Values[] = [
  ...[...SCHEDULER, ...MAILBOXES],
  ...[...PROCESSES, ...EVENTS],
]
