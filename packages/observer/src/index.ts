/** observer: one web page for a whole cluster. */
export type {
  Capability,
  ClusterHistory,
  ClusterLink,
  ClusterNode,
  ClusterNotice,
  ClusterSheet,
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
