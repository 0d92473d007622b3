/** observer: one web page for a whole cluster. */
export type {
  AuditRow,
  Capability,
  ClusterCaller,
  ClusterElection,
  ClusterElections,
  ClusterHistory,
  ClusterLink,
  ClusterMetrics,
  ClusterNode,
  ClusterNotice,
  ClusterRoute,
  ClusterService,
  ClusterServices,
  ClusterSheet,
  ClusterVoter,
  ManageAnswer,
  ManageRequest,
  Merged,
  NodeState,
  PidText,
  Problem,
  RateFigures,
  SessionSheet,
  StreamEvent,
  StreamWish,
} from './contract/api.js'
export type {
  Authorize,
  ObserverOptions,
  SurfaceOptions,
  Viewing,
} from './contract/options.js'
export { OBSERVER_DEFAULTS } from './contract/options.js'
export {
  createObserver,
  OBSERVER_NAME,
  observerProtocol,
  type StartedObserver,
  startObserver,
} from './observer.js'
