/**
 * contract: the words and promises all rooms share. Imports base only.
 */

export type {
  ApplicationChange,
  ApplicationChangeOptions,
  ApplicationContext,
  ApplicationInfo,
  ApplicationMember,
  ApplicationMode,
  ApplicationNotice,
  ApplicationSpec,
  ApplicationStartOptions,
  ApplicationState,
  ApplicationStopOptions,
} from './application.js'
export { APPLICATION_DEFAULTS } from './application.js'
export type { CompleteSpec } from './application-check.js'
export {
  checkChange,
  checkStartOptions,
  completeSpec,
  isOwnApplication,
  isOwnName,
} from './application-check.js'
export type { Arbiter, Candidacy, Contender } from './arbiter.js'
export { type Authorities, asAuthorities } from './authorities.js'
export type {
  AnySpawnable,
  Behaviour,
  BehaviourKind,
  Handler,
  Spawnable,
  Untyped,
} from './behaviour.js'
export { behaviourOf } from './behaviour.js'
export type {
  CertificateInfo,
  CertificatePair,
  CertificateWatcher,
  PemPair,
} from './certificates.js'
export { Certificates } from './certificates.js'
export type {
  Cluster,
  ClusterHome,
  FarSpawn,
  NodeCluster,
  NodeNotice,
  SpawnerLineage,
} from './cluster.js'
export type { ConfigGiven, ConfigReply, ConfigTyped } from './config-item.js'
export { configReply, isSchema } from './config-item.js'
export type {
  AcceptorInfo,
  CompressionInfo,
  ConnectionInfo,
  FragmentInfo,
  HeldMailbox,
  NetworkLimits,
  Usage,
  WireFacts,
  WireFigures,
  WireInsight,
} from './connection.js'
export type {
  ArgsOf,
  EventOptions,
  EventToken,
  PreservedMailbox,
  ProcessContext,
  Replier,
  SpawnArgs,
  Spawner,
  SpawnOptions,
  SubscribeOptions,
  Subscription,
  Timer,
} from './context.js'
export type { Cron, CronAction, CronJob, CronJobInfo, CronTick } from './cron.js'
export { CRON_DEFAULTS } from './cron.js'
export { DRAIN_DEFAULTS, requireDrainOptions } from './drain-check.js'
export type { ErrorCode, ErrorDetail } from './errors.js'
export { describeThrown, printed, TroupeError } from './errors.js'
export type { Address, Target } from './identity.js'
export {
  Alias,
  EventName,
  eventName,
  formatTarget,
  NodeName,
  Pid,
  ProcessName,
  processName,
  Ref,
  Service,
} from './identity.js'
export type {
  EventView,
  MakeSystem,
  NodeFigures,
  NodeInspection,
  ProcessGlance,
  ProcessRow,
  ProcessView,
  SpreadExample,
  SpreadFigures,
  TreeOf,
  WaitingMessage,
} from './inspection.js'
export { type KnownOptions, requireKnown } from './known-options.js'
export type { Ballot, BallotStorage, ElectionOptions, Leadership } from './leadership.js'
export { ELECTION_DEFAULTS } from './leadership.js'
export type {
  FallbackMessage,
  MailboxOptions,
  MailboxPolicy,
  Priority,
  ProcessOptions,
} from './limits.js'
export {
  checkProcessOptions,
  PROCESS_DEFAULTS,
  readObject,
  requireDuration,
  requireObject,
  requireOption,
  requirePriority,
  requireText,
} from './limits.js'
export type {
  LogFields,
  Logger,
  LogLevel,
  LogRecord,
  LogSink,
  LogSource,
  LogThreshold,
  NodeLog,
} from './logger.js'
export { LOG_LEVELS } from './logger.js'
export type {
  Coverage,
  Detector,
  DetectorFinding,
  DuplicateInfo,
  DuplicateNotice,
  MemberInfo,
  MemberNotice,
  MemberState,
  MembershipNotice,
  MembershipOptions,
} from './membership.js'
export { MEMBERSHIP_DEFAULTS, MEMBERSHIP_EVENT } from './membership.js'
export type {
  AcceptorOptions,
  LivenessOptions,
  NetworkMode,
  NetworkOptions,
  NodeNetwork,
  PeerInfo,
  ProtocolDifference,
} from './network.js'
export {
  ACCEPTOR_DEFAULTS,
  LIVENESS_DEFAULTS,
  NETWORK_DEFAULTS,
  requireNetworkOptions,
} from './network.js'
export type { NetworkRoute, NetworkRouteInfo } from './network-route.js'
export { NETWORK_ROUTE_DEFAULTS, requireNetworkRoute } from './network-route.js'
export type {
  Account,
  EventInfo,
  Node,
  NodeInfo,
  NodeOptions,
  NodePhase,
  ProcessInfo,
  ProcessState,
  SharingCheck,
} from './node.js'
export { DEAD_LETTER_EVENT, NODE_DEFAULTS, NODE_EVENT } from './node.js'
export { isNodePattern, nodeMatches } from './node-pattern.js'
export type { NodeTls } from './node-tls.js'
export { NODE_TLS_DEFAULTS, requireCertificates, requireNodeTls } from './node-tls.js'
export type {
  CallFact,
  ChildEnd,
  ChildWait,
  EndVerdict,
  FactsQuestion,
  HandlingFact,
  LongTurnFact,
  OwedFact,
  ProcessFacts,
  RateFact,
  SendFact,
  TimerFact,
  Upbringing,
  ZombieFact,
} from './process-facts.js'
export type {
  Answer,
  AnyProtocol,
  Failure,
  Given,
  Handlers,
  MessageMap,
  MessageNameOf,
  MessageType,
  NameOf,
  PayloadOf,
  Protocol,
  ReplyOf,
  RequestNameOf,
  RequestType,
} from './protocol.js'
export { failure, isFailure, message, NoReply, protocol, request } from './protocol.js'
export type { Crash, Custom, ExitReason } from './reason.js'
export {
  crashOf,
  custom,
  describeReason,
  isCalm,
  isReason,
  REASON_WORDS,
  requireReason,
} from './reason.js'
export { type IsSecret, REDACTED, REDACTED_WORDS, secretNames } from './redaction.js'
export type {
  ApplicationEventKind,
  ApplicationRoute,
  ConfigChange,
  ConfigHeld,
  ConfigLevel,
  ConfigValue,
  LivenessPlace,
  NodeRoute,
  NodeRouteState,
  OwnApplicationRoute,
  Registrar,
  RegistrarEvent,
  RegistrarHome,
  RegistrarInfo,
} from './registrar.js'
export { REGISTRAR_EVENT } from './registrar.js'
export type {
  AllowanceInfo,
  MulticallAnswer,
  MulticallOptions,
  MulticallResult,
  PingAnswer,
  RemoteAllowance,
  RemoteGate,
  RemoteNode,
  RemoteSpawnOptions,
  RemoteStartOptions,
} from './remote.js'
export type {
  RoutedCall,
  RouteFailure,
  Routing,
  RoutingHome,
  TryTaker,
} from './routing.js'
export type { StandardSchema } from './schema.js'
export type {
  CallOptions,
  ImportantFailure,
  ImportantOptions,
  Sender,
  SendFailure,
  SendOptions,
} from './sender.js'
export { SEND_FAILURES } from './sender.js'
export type {
  BreakerOptions,
  BreakerState,
  Candidate,
  ChooseCandidate,
  DrainOptions,
  DrainProgress,
  DrainResult,
  NodeServices,
  RetryOptions,
  Routed,
  RoutingPolicy,
  ServiceInfo,
  ServiceNotice,
  ServiceOptions,
  ServiceRouteInfo,
} from './service.js'
export { SERVICE_EVENT, service } from './service.js'
export { SERVICE_DEFAULTS } from './service-check.js'
export type { SidePort, SideService, SideTaker, SideThread, StartService } from './side-thread.js'
export type {
  DeadLetter,
  Down,
  DropCause,
  EventGap,
  EventInterest,
  EventMessage,
  Exit,
} from './signal.js'
export { DROP_CAUSES, isEventOf } from './signal.js'
export type { Act, SystemOptions } from './system.js'
export { AUDIT_EVENT, SYSTEM_DEFAULTS, SYSTEM_PROCESS, systemOptions } from './system.js'
export type { MakeTracer, OpenSpan, SpanGiven, Tracer, TracerHome } from './tracer.js'
export type {
  AttributeValue,
  CustomSampler,
  Exporter,
  ExporterInfo,
  NodeTracing,
  OpenTelemetryApi,
  ProcessExporter,
  ProcessTracing,
  SampleQuestion,
  Sampler,
  SamplerInfo,
  SamplerScope,
  SamplerText,
  Span,
  SpanExporter,
  SpanHandle,
  SpanKind,
  TraceHeaders,
  TraceparentOption,
  TracingInfo,
  TracingOptions,
} from './tracing.js'
export {
  isSamplerText,
  requireSampler,
  requireTraceparent,
  SpanSink,
  TRACING_DEFAULTS,
} from './tracing.js'
export type {
  Line,
  LineDialOptions,
  LineListener,
  LineListenOptions,
  LineTaker,
  Transport,
  TransportAddress,
} from './transport.js'
export { parseAddress } from './transport-address.js'
export { isNodeName, printable } from './visible.js'
export type { WebRequest, WebResponse } from './web.js'
export { WebHandler } from './web.js'
export type {
  Confirmation,
  EventPush,
  ExitCause,
  FarJoin,
  FarRequest,
  FarWatch,
  HomeAddress,
  NameClash,
  PeerNotice,
  SubscribeAnswers,
  Wire,
  WireAnswers,
  WireHome,
} from './wire.js'
