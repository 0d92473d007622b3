/**
 * actor/router-protocol: what a router can be asked beside what it hands on.
 *
 * @source ergo-features 11
 */
import {
  type AnyProtocol,
  type AnySpawnable,
  type ArgsOf,
  type Pid,
  type Protocol,
  protocol,
  request,
  type SpawnArgs,
} from '#contract'
import type { ChildOptions } from './child-spec.js'

/** A route and the worker behind it, when its type is not known. */
export interface RouteSpec {
  /** What `route` answers to choose it. */
  readonly name: string
  readonly start: AnySpawnable
  readonly args?: readonly unknown[]
  readonly options?: ChildOptions
}

/** A route whose arguments must fit its worker. */
export type RouteOf<S> = Pick<RouteSpec, 'name' | 'options'> & {
  readonly start: S
} & SpawnArgs<ArgsOf<S>>

/** `waiting`: its worker ends too often and is started after a wait. */
export type RouteState = 'running' | 'starting' | 'waiting' | 'disabled'

/** One owned route as `routes` tells it. */
export interface RouteInfo {
  readonly name: string
  readonly state: RouteState
  readonly pid: Pid | undefined
  /** Messages and requests handed to it. */
  readonly forwarded: number
  /** How often its worker was replaced after its end. */
  readonly restarts: number
}

/** What `routerStats` tells. */
export interface RouterStats {
  /** Messages and requests handed on. */
  readonly forwarded: number
  /** For which `route` gave no name. */
  readonly discarded: number
  /** That could not be handed on. */
  readonly failed: number
  /** Workers replaced after their end. */
  readonly restarts: number
  readonly routes: number
  readonly disabled: number
}

/** What every router answers beside what it hands on. */
export const routerProtocol = protocol('router', {
  routes: request<void, readonly RouteInfo[]>(),
  routerStats: request<void, RouterStats>(),
  /** Adds a route and starts its worker. ROUTE_TAKEN, or why the worker did not start. */
  addRoute: request<RouteSpec, Pid>(),
  /** Takes a route away; its worker finishes what it has. False when there was none. */
  removeRoute: request<string, boolean>(),
  /** Like `removeRoute`, but the route can be enabled again. ROUTE_UNKNOWN, ROUTE_BUSY. */
  disableRoute: request<string>(),
  /** Starts the worker of a disabled route. ROUTE_UNKNOWN, ROUTE_BUSY. */
  enableRoute: request<string, Pid>(),
  /** Starts another worker, and then lets the old one finish. ROUTE_UNKNOWN, ROUTE_BUSY. */
  replaceRoute: request<RouteSpec, Pid>(),
})

/** The protocol of a router: what it hands on, and the management. */
export type RouterProtocol<P extends AnyProtocol> = Protocol<
  P['messages'] & (typeof routerProtocol)['messages']
>
