/**
 * contract/routing: the plug by which a node finds the process behind a service.
 *
 * The runtime asks where a message goes, and hands whole requests over, since one request may take
 * several tries. What is asked for and in what order is decided behind this plug.
 *
 * @source design 6
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { ApplicationChange } from './application.js'
import type { ProcessName, Service } from './identity.js'
import type { MemberState } from './membership.js'
import type { Node } from './node.js'
import type { ApplicationRoute } from './registrar.js'
import type { NodeServices } from './service.js'

/** Why a service has nobody for a message at the moment. */
export type RouteFailure = 'NO_ROUTE' | 'SERVICE_UNAVAILABLE'

/** How one try of a request ends: exactly one of the two is called, once. */
export interface TryTaker {
  answered(value: unknown): void
  failed(error: unknown): void
}

/** One request to a service. */
export interface RoutedCall {
  readonly service: Service
  readonly request: string
  readonly payload: unknown
  /** How long its caller waits, in milliseconds; may be Infinity. */
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** Makes one ordinary request; the taker may be called before this returns. */
  attempt(to: ProcessName, timeoutMs: number, taker: TryTaker): void
  /** Counts a request for which there is nobody, and gives the error for it. */
  refuse(failure: RouteFailure): unknown
}

/** What routing is given of its node. */
export interface RoutingHome {
  readonly node: Node
  readonly clock: Clock
  readonly random: Random
  /** Routes of an application on other nodes. */
  applications(name?: string): readonly ApplicationRoute[]
  /** What is known of another node. */
  stateOf(node: string): MemberState | undefined
}

/** The routing of a node, as the runtime sees it. */
export interface Routing {
  readonly services: NodeServices
  /** Called once, before any application is loaded. */
  start(home: RoutingHome): void
  /** An application of this node has changed. */
  noticed(change: ApplicationChange): void
  /** This node goes: new work finds another one while there is one. */
  leave(): void
  /** Where a message goes; decided anew for each. */
  choose(service: Service, message: string, payload: unknown): ProcessName | RouteFailure
  /** Settles as the last try of a request does. */
  call(asked: RoutedCall): Promise<unknown>
}
