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
