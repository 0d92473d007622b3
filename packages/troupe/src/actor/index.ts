/**
 * actor: what users extend: actors, supervisors, pools, routers, applications.
 */
export type {
  ActorDefinition,
  ActorSpec,
  HandlerFunctions,
  MessageFunction,
  RequestFunction,
} from './actor.js'
export { actor } from './actor.js'
export type { ActorClass, ActorInstance, Lifecycle, ReservedWord } from './actor-class.js'
export { Actor } from './actor-class.js'
export { application } from './application.js'
export type { Backoff } from './backoff.js'
export { BACKOFF_DEFAULTS } from './backoff.js'
export type { ChildIntensity, ChildOptions, ChildSettings, ChildSpec } from './child-spec.js'
export { CHILD_DEFAULTS } from './child-spec.js'
export type { PoolSettings } from './pool.js'
export { POOL_DEFAULTS, pool } from './pool.js'
export type { PoolProtocol, PoolStats, PoolStrategy } from './pool-protocol.js'
export { poolProtocol } from './pool-protocol.js'
export type { SupervisorType } from './restart-plan.js'
export type { AutoShutdown, RestartMode } from './restart-verdict.js'
export type { Intensity } from './restart-window.js'
export type { RouterSpec } from './router.js'
export { ROUTER_DEFAULTS, router } from './router.js'
export type {
  RouteInfo,
  RouterProtocol,
  RouterStats,
  RouteSpec,
  RouteState,
} from './router-protocol.js'
export { routerProtocol } from './router-protocol.js'
export { supervisor } from './supervisor.js'
export type {
  ChildInfo,
  ChildState,
  StartChild,
  SupervisorCounters,
  SupervisorProtocol,
} from './supervisor-protocol.js'
export { supervisorProtocol } from './supervisor-protocol.js'
export type { AnySupervisorSpec, SupervisorSettings, SupervisorSpec } from './supervisor-spec.js'
export { SUPERVISOR_DEFAULTS } from './supervisor-spec.js'
export type {
  WebMethod,
  WebMethodFunction,
  WebMethodFunctions,
  WebWorkerSpec,
} from './web-worker.js'
export { WEB_METHODS, WebWorker, webWorker } from './web-worker.js'
