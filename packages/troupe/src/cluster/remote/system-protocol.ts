/**
 * cluster/remote/system-protocol: how any node is looked at: the protocol of the process `system`.
 *
 * Every node runs that process. Questions that cannot be are answered with
 * OPTION_INVALID, those of nodes that may not look with NOT_ALLOWED, too many with
 * INSPECTION_LIMITED, which tells when to ask again.
 *
 * @example
 * const remote = processName('system', systemProtocol, 'b@localhost')
 * const { rows } = await node.call(remote, 'processes', { top: 'mailbox', limit: 10 })
 * @source ergo-features 2, 28
 */
import { type Account, message, protocol, request, type ServiceInfo } from '#contract'
import type {
  FiguresSheet,
  HistoryQuestion,
  HistorySheet,
  ProfileQuestion,
  ProfileSheet,
} from './figure-sheets.js'
import type { Followed, FollowQuestion, FollowTicket, UnfollowQuestion } from './follow-sheets.js'
import type { HostSheet } from './host-sheets.js'
import type {
  ConfigSheet,
  ConnectionQuestion,
  ConnectionSheet,
  LeaderSheet,
} from './link-sheets.js'
import type { MetricsQuestion, MetricsSheet } from './metric-sheets.js'
import type { ProcessInsight, WhyQuestion, WhySheet } from './process-insight.js'
import type { SurveyQuestion, SurveySheet } from './survey-sheets.js'
import type { OrderOutcome, SystemOrder } from './system-orders.js'
import type {
  ApplicationSheet,
  AuditSheet,
  CronSheet,
  DeadLetterPage,
  DeadLetterQuery,
  EventSheet,
  LogPage,
  LogQuery,
  MemberSheet,
  NameQuestion,
  NetworkSheet,
  NodeSheet,
  Page,
  PageQuestion,
  ProcessPage,
  ProcessQuery,
  ProcessQuestion,
  ProcessSheet,
  RegistrarSheet,
  TreeQuestion,
  TreeSheet,
} from './system-sheets.js'
import type { TopicQuestion, TopicSheet } from './topic-sheets.js'
import type { TraceQuestion, TraceSheet, TracesSheet } from './trace-sheets.js'

/** What can be asked of the process `system` of a node. */
export const systemProtocol = protocol('troupe.system', {
  /** The node, its program, its memory, how busy it is. */
  node: request<void, NodeSheet>(),
  processes: request<ProcessQuery, ProcessPage>(),
  /** One process; PROCESS_UNKNOWN, NAME_UNKNOWN. */
  process: request<ProcessQuestion, ProcessSheet>(),
  /** What is behind it: timers, calls, rates, ends. PROCESS_UNKNOWN, NAME_UNKNOWN. */
  insight: request<ProcessQuestion, ProcessInsight>(),
  /**
   * Why it does not go on: what it waits for, step by step, over nodes. Takes up to 2 seconds.
   * PROCESS_UNKNOWN, NAME_UNKNOWN.
   */
  why: request<WhyQuestion, WhySheet>(),
  tree: request<TreeQuestion, TreeSheet>(),
  names: request<NameQuestion, Page<string>>(),
  applications: request<PageQuestion, ApplicationSheet>(),
  network: request<PageQuestion, NetworkSheet>(),
  /** All that is known of one connection; NO_CONNECTION. */
  connection: request<ConnectionQuestion, ConnectionSheet>(),
  connections: request<PageQuestion, Page<ConnectionSheet>>(),
  events: request<PageQuestion, EventSheet>(),
  /** One event, its owner and its subscribers. EVENT_UNKNOWN. */
  topic: request<TopicQuestion, TopicSheet>(),
  registrar: request<PageQuestion, RegistrarSheet>(),
  members: request<PageQuestion, MemberSheet>(),
  cron: request<PageQuestion, CronSheet>(),
  /** Services that this node has used or knows routes of, and how they do. */
  services: request<PageQuestion, Page<ServiceInfo>>(),
  /** Every process of this node that takes part in an election: leaders, locks, singletons. */
  leaders: request<PageQuestion, Page<LeaderSheet>>(),
  /** Items that hold for this node; the values of those with the name of a secret are hidden. */
  config: request<PageQuestion, Page<ConfigSheet>>(),
  account: request<void, Account>(),
  /** What the node counts and measures always, without a look at its processes. */
  figures: request<void, FiguresSheet>(),
  /** Its machine: load, memory, disks, files, threads, the container; read at most every 5 s. */
  host: request<void, HostSheet>(),
  /** All processes and events in one scan: spreads, sums, and the first of each order. */
  survey: request<SurveyQuestion, SurveySheet>(),
  /** What is measured here, the metrics of the program first, with their last hour. */
  metrics: request<MetricsQuestion, MetricsSheet>(),
  /** Only for nodes that may `manage`, one at a time; INSPECTION_LIMITED tells when it ends. */
  profile: request<ProfileQuestion, ProfileSheet>(),
  /** The last hour, kept while nobody looks; it costs as much as a scan. */
  history: request<HistoryQuestion, HistorySheet>(),
  /** Records of the log that are kept, the newest first. */
  logs: request<LogQuery, LogPage>(),
  deadLetters: request<DeadLetterQuery, DeadLetterPage>(),
  /** What other nodes did here, or tried to. */
  audit: request<PageQuestion, Page<AuditSheet>>(),
  /** The newest traces that are kept, and who chooses them. */
  traces: request<TraceQuestion, TracesSheet>(),
  /** The spans that this node has of one trace, the oldest first. */
  trace: request<TraceQuestion, TraceSheet>(),
  /**
   * From now on tells the asking process what happens, as messages `followed` of `systemFollower`.
   * NOT_ALLOWED when it is no process that asks; EVENT_UNKNOWN for what this node does not have.
   */
  follow: request<FollowQuestion, FollowTicket>(),
  /** Ends a follow of the asking process; false when there is none. */
  unfollow: request<UnfollowQuestion, boolean>(),
  /** Does something here; NOT_ALLOWED unless this node lets the asking one. */
  manage: request<SystemOrder, OrderOutcome>(),
})

/** What a process that follows is told. */
export const systemFollower = protocol('troupe.system-follower', {
  followed: message<Followed>(),
})
