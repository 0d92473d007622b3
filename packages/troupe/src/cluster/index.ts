/**
 * cluster: what start-node and the applications of Troupe take of this room.
 */
export { type BallotFileOptions, ballotFile } from './leader/ballot-file.js'
export {
  CLUSTER_CRON_DEFAULTS,
  ClusterCron,
  type ClusterCronAction,
  type ClusterCronJob,
  type ClusterCronOptions,
  type ClusterCronTick,
  clusterCron,
} from './leader/cluster-cron.js'
export type { FiringMark } from './leader/firing-book.js'
export { type LeaderFunctions, type LeaderSpec, leader } from './leader/leader.js'
export {
  Leader,
  type LeaderClass,
  type LeaderInstance,
  type LeaderLifecycle,
  type LeaderOptions,
  type LeaderWord,
} from './leader/leader-class.js'
export type { LeaderContext, TermChange } from './leader/leading.js'
export {
  LOCKS_DEFAULTS,
  type LockAnswer,
  type LockAsk,
  type LockClaim,
  Locks,
  type LocksOptions,
  locks,
} from './leader/locks.js'
export {
  SINGLETON_DEFAULTS,
  Singleton,
  type SingletonOptions,
  singleton,
} from './leader/singleton.js'
export {
  TERM_FENCE_DEFAULTS,
  type TermFence,
  type TermFenceOptions,
  termFence,
} from './leader/term-fence.js'
export {
  ClusterOfNode,
  type ClusterParts,
  type RegistrarSurroundings,
  type ServingParts,
} from './node-cluster.js'
export { ACROSS_DEFAULTS, type AcrossOptions } from './registrar/across/options.js'
export {
  COMPOSITE_REGISTRAR_DEFAULTS,
  type CompositeRegistrarOptions,
  compositeRegistrar,
} from './registrar/composite/composite-registrar.js'
export { embeddedRegistrar } from './registrar/embedded/embedded-registrar.js'
export {
  EMBEDDED_REGISTRAR_DEFAULTS,
  type EmbeddedRegistrarOptions,
} from './registrar/embedded/options.js'
export { withoutTags, withState, withTags } from './registrar/route-filters.js'
export {
  type StaticApplication,
  type StaticRegistrarOptions,
  staticRegistrar,
} from './registrar/static-registrar.js'
export {
  type FiguresSheet,
  type FlameBox,
  HISTORY_SERIES,
  type HistoryQuestion,
  type HistorySeries,
  type HistorySheet,
  type ProfileQuestion,
  type ProfileRow,
  type ProfileSheet,
  type SpreadSheet,
} from './remote/figure-sheets.js'
export type {
  Followed,
  FollowQuestion,
  FollowTicket,
  FollowTopic,
  UnfollowQuestion,
} from './remote/follow-sheets.js'
export type {
  DiskSheet,
  HostContainer,
  HostMemory,
  HostSheet,
  HostThread,
  HostWorker,
} from './remote/host-sheets.js'
export type {
  ConfigSheet,
  ConnectionQuestion,
  ConnectionSheet,
  LeaderSheet,
} from './remote/link-sheets.js'
export type {
  MetricGroup,
  MetricLine,
  MetricNumber,
  MetricSeries,
  MetricSheet,
  MetricsQuestion,
  MetricsSheet,
  MetricsTold,
  MetricsWish,
  MetricType,
  MetricUnit,
} from './remote/metric-sheets.js'
export { METRICS_PROCESS, METRICS_PROTOCOL, metricsSource } from './remote/metric-sheets.js'
export type {
  CallSheet,
  ChildWaitSheet,
  ExitSheet,
  ProcessInsight,
  RateSheet,
  SendSheet,
  StuckCause,
  TimerSheet,
  WhyChain,
  WhyQuestion,
  WhySheet,
  WhyStep,
} from './remote/process-insight.js'
export type { SpawnAsked, SpawnSettled, StartAsked, StopAsked } from './remote/remote-protocol.js'
export { REMOTE_NAME, remoteProtocol } from './remote/remote-protocol.js'
export type {
  CountSheet,
  EventOrder,
  EventUse,
  SurveyEventRow,
  SurveyOrder,
  SurveyQuestion,
  SurveyRow,
  SurveySheet,
} from './remote/survey-sheets.js'
export type { OrderOutcome, SystemOrder } from './remote/system-orders.js'
export { systemFollower, systemProtocol } from './remote/system-protocol.js'
export type {
  ApplicationSheet,
  AuditSheet,
  CronSheet,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetterSheet,
  EventSheet,
  LogPage,
  LogQuery,
  LogSheet,
  MemberSheet,
  MessageSheet,
  NameQuestion,
  NetworkSheet,
  NodeSheet,
  Page,
  PageQuestion,
  ProcessOrder,
  ProcessPage,
  ProcessQuery,
  ProcessQuestion,
  ProcessSheet,
  ProgramSheet,
  RegistrarSheet,
  SourceSheet,
  TreeQuestion,
  TreeRow,
  TreeSheet,
  ZombieSheet,
} from './remote/system-sheets.js'
export type {
  PublicationSheet,
  TopicMember,
  TopicQuestion,
  TopicSheet,
} from './remote/topic-sheets.js'
export type {
  SamplerSheet,
  SpanSheet,
  TraceQuestion,
  TraceSheet,
  TracesSheet,
} from './remote/trace-sheets.js'
export { NodeRouting } from './routing/node-routing.js'
