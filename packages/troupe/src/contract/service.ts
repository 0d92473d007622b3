/**
 * contract/service: an application as one address: whoever sends to it never picks a node.
 *
 * A value with rules and without state: which nodes there are, what each has to do and which of
 * them fail is known to the node that uses it. Belongs to one node: it is not sent to others.
 *
 * @source ergo-features 22, weaknesses 19, 20; design 6
 */
import type { ApplicationState } from './application.js'
import type { Service } from './identity.js'
import { requireText } from './limits.js'
import type { AnyProtocol } from './protocol.js'
import type { ApplicationRoute } from './registrar.js'
import { requireServiceOptions } from './service-check.js'

/** One node that may be chosen, and what the choosing node knows of it. */
export interface Candidate {
  readonly route: ApplicationRoute
  /** The process that gets the message: the registered name there. */
  readonly process: string
  /** This node itself. */
  readonly local: boolean
  /** Requests of this node that it has not answered yet. */
  readonly pending: number
}

/** What is to be sent. */
export interface Routed {
  readonly message: string
  readonly payload: unknown
}

/** Picks one of the candidates, of which there is at least one; an index. */
export type ChooseCandidate = (candidates: readonly Candidate[], routed: Routed) => number

/**
 * How one of the candidates is picked. Weights hold for all of them; 0 is never chosen.
 *
 * - `weighted` (default): smooth: in each round as often as the weight says, spread evenly.
 * - `least-pending`: the fewest open requests for its weight; by chance among equals.
 * - `random`: by chance, as likely as the weight says.
 * - `local-first`: this node while it can be chosen, otherwise `weighted`.
 * - `hash`: the same key goes to the same node; one that comes or goes moves only its share.
 * - `own`: the function of a user.
 */
export type RoutingPolicy =
  | 'weighted'
  | 'least-pending'
  | 'random'
  | 'local-first'
  | {
      readonly kind: 'hash'
      /** The key of a message; whatever it throws rejects the call. */
      readonly key: (routed: Routed) => string | number
    }
  | { readonly kind: 'own'; readonly choose: ChooseCandidate }

/** When a node is left alone because it fails, and for how long. Times are milliseconds. */
export interface BreakerOptions {
  /** Failures in a row that open it; default 5. */
  readonly failures?: number
  /** How long it stays open the first time; default 500. */
  readonly openMs?: number
  /** It doubles with each probe that fails, up to this; default 30,000. */
  readonly openMaxMs?: number
}

/** How a request is tried again. Times are milliseconds. */
export interface RetryOptions {
  /**
   * Requests whose effect is the same however often they are done: these are tried again after any
   * failure of their node. All others only when it is certain that nobody has begun with them.
   * `all`, or names; default none.
   */
  readonly idempotent?: 'all' | readonly string[]
  /** Tries in all, the first included; default 3. */
  readonly tries?: number
  /** The wait before the second try, doubled with each, with jitter; default 10. */
  readonly backoffMs?: number
  /** Tries that may be added to each first one, as a share; default 0.2. */
  readonly budget?: number
  /** Tries that may be added in each second whatever the share says; default 10. */
  readonly budgetPerSecond?: number
}

/** How a service is used. */
export interface ServiceOptions {
  /** Default `weighted`. */
  readonly policy?: RoutingPolicy
  /**
   * Which process of the application: a role that it declares. Default the only role; without
   * roles the registered name that is the application's own name.
   */
  readonly role?: string
  /** Routes must have all of these, and none of those. */
  readonly tags?: readonly string[]
  readonly withoutTags?: readonly string[]
  /** The version of the application; a function for ranges. */
  readonly version?: string | ((version: string) => boolean)
  /** Default only `running`. */
  readonly states?: readonly ApplicationState[]
  /** Short for the tag `region:` and this name. */
  readonly region?: string
  /** Anything else, asked for each message; must not throw, and must not take long. */
  readonly where?: (route: ApplicationRoute) => boolean
  /** Tries again; `off` never does. */
  readonly retry?: RetryOptions | 'off'
  /** The longest wait for one try, in milliseconds; default the whole time limit of the call. */
  readonly tryTimeoutMs?: number
  /**
   * Ask a second node as well when the first has not answered after this, in milliseconds, and
   * take the first answer; for idempotent requests only, and out of the retry budget. Default off.
   */
  readonly hedgeAfterMs?: number
  /** Default on. */
  readonly breaker?: BreakerOptions | 'off'
}

/** One object for all that say nothing: it is found again at once. */
const AS_USUAL: ServiceOptions = Object.freeze({})

/**
 * An application as an address for `send` and `call`. Checks its options: OPTION_INVALID.
 *
 * A send or call rejects at once with NO_ROUTE when no route has a weight above 0, and with
 * SERVICE_UNAVAILABLE when there are some and the breakers of all are open.
 *
 * @example const price = await node.call(service('shop', Shop), 'price', 'tea')
 * @source ergo-features 22 (the caller picks); design 6
 */
export function service<P extends AnyProtocol>(
  name: string,
  _protocol?: P,
  options: ServiceOptions = AS_USUAL,
): Service<P> {
  if (options !== AS_USUAL) requireServiceOptions(options)
  requireText('service', name)
  return Object.freeze({ kind: 'service' as const, name, node: undefined, options })
}

/** The state of a circuit breaker; `half-open`: one request is on its way as a probe. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** One node of a service, as this node sees it; a snapshot. */
export interface ServiceRouteInfo {
  readonly route: ApplicationRoute
  readonly local: boolean
  readonly breaker: BreakerState
  /** Failures in a row. */
  readonly failures: number
  /** Milliseconds until an open one lets a probe through; 0 otherwise. */
  readonly opensInMs: number
  readonly pending: number
  /** Since the start of this node. */
  readonly sent: number
  readonly answered: number
  readonly failed: number
}

/** A service as this node has used it; a snapshot. */
export interface ServiceInfo {
  readonly name: string
  readonly routes: readonly ServiceRouteInfo[]
  /** Tries beyond the first, and second nodes asked, since the start. */
  readonly retried: number
  readonly hedged: number
  /** Tries that the budget did not allow. */
  readonly overBudget: number
  /** Answers that came when another node had answered already. */
  readonly late: number
  /** Requests and messages for which there was no node. */
  readonly unrouted: number
}

/** Published on the event `service` of every node. */
export type ServiceNotice = {
  readonly kind: 'breaker-opened' | 'breaker-half-open' | 'breaker-closed'
  readonly service: string
  readonly node: string
  readonly problem: string
  /** Milliseconds since 1970. */
  readonly atMs: number
}

/** The event, owned by every node, that tells of breakers (`ServiceNotice`). */
export const SERVICE_EVENT = 'service'

/** What a node sees of the services it uses: `node.services`. */
export interface NodeServices {
  /** Those that this node has used, and those it knows routes of. */
  list(): readonly ServiceInfo[]
  info(name: string): ServiceInfo | undefined
}

/** What a drain has left to do; told whenever it changes, at most ten times a second. */
export interface DrainProgress {
  /** `leaving`: others are told; `finishing`: what runs; `stopping`: the node stops. */
  readonly phase: 'leaving' | 'finishing' | 'stopping'
  /** Messages and requests that wait or are being handled, of applications only. */
  readonly left: number
  readonly elapsedMs: number
}

/** How a node is drained. */
export interface DrainOptions {
  /** Longest wait for what runs; then the node stops whatever is left. Default 30,000. */
  readonly deadlineMs?: number
  /** Nothing must have come or run for so long; default 250. */
  readonly quietMs?: number
  readonly progress?: (progress: DrainProgress) => void
}

/** How a drain went. */
export interface DrainResult {
  /** Everything that had begun was finished before the deadline. */
  readonly finished: boolean
  /** Messages and requests that were given up. */
  readonly left: number
  readonly tookMs: number
}
