/**
 * actor/router: one address in front of many, and a function that chooses among them.
 *
 * A router owns workers (its routes), or knows none and hands on by registered name: a free
 * router. Messages and requests keep their sender and caller. Combine it with pools for shards:
 * a hash of the payload gives the name of a pool.
 *
 * @source ergo-features 11
 */
import {
  type AnyProtocol,
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type Handler,
  type NameOf,
  NoReply,
  type PayloadOf,
  type Pid,
  protocol,
  requireDuration,
  requireObject,
  requireOption,
  requireText,
  type Spawnable,
  TroupeError,
} from '#contract'
import { answerLater } from './answering.js'
import { type Backoff, checkBackoff } from './backoff.js'
import { CHILD_DEFAULTS, intensityFault } from './child-spec.js'
import { isNodeList, mayManage, NOBODY, NODES_REMEDY, refuseManaging } from './managing.js'
import type { Intensity } from './restart-window.js'
import {
  type RouteOf,
  type RouterProtocol,
  type RouteSpec,
  routerProtocol,
} from './router-protocol.js'
import { type RouteFunction, type RouterParts, RouterState } from './router-state.js'

/** The payload of any message of a protocol. */
type PayloadsOf<P extends AnyProtocol> = { [K in NameOf<P>]: PayloadOf<P, K> }[NameOf<P>]

/** What `router()` takes. */
export interface RouterSpec<P extends AnyProtocol, C extends readonly AnySpawnable[]> {
  /** Shown in logs and listings; default `router`. */
  readonly name?: string
  /** What it hands on; without one, any message. */
  readonly protocol?: P
  /**
   * Gives the name of a route or of a process of this node; undefined discards the message (a
   * caller gets MESSAGE_DISCARDED). A throw refuses the message and harms nobody else.
   */
  readonly route: (
    message: NameOf<P>,
    payload: PayloadsOf<P>,
    from: Pid | undefined,
  ) => string | undefined
  /** The workers it owns; started with it, all or none. */
  readonly routes?: { readonly [I in keyof C]: RouteOf<C[I]> }
  /** So many workers are replaced without waiting when they end; default 10 within 5,000 ms. */
  readonly respawn?: Intensity
  /** The waits when more end than that. */
  readonly backoff?: Backoff
  /** How long a worker may take to end, in milliseconds; then it is killed. Default 5,000. */
  readonly shutdownMs?: number
  /**
   * Other nodes that may change its routes, as `name@host`, `*@host` or `name@*`; default none.
   * All may look.
   */
  readonly manageFrom?: readonly string[]
}

/** What the specification of a router leaves open; times are milliseconds. */
export const ROUTER_DEFAULTS = Object.freeze({
  name: 'router',
  respawn: Object.freeze({ restarts: 10, withinMs: 5_000 }) as Intensity,
  shutdownMs: CHILD_DEFAULTS.shutdownMs,
  manageFrom: NOBODY,
})

/**
 * Defines a router: it hands each message to the worker or process that `route` names.
 *
 * What cannot be handed on is a dead letter (`route-failed`); a caller gets ROUTE_UNKNOWN,
 * ROUTE_DISABLED, ROUTE_BUSY, MAILBOX_FULL, or HANDLER_FAILED when `route` threw. A running
 * router answers `routerProtocol`. Throws OPTION_INVALID naming the option, also for a protocol
 * that names a message like the management does.
 *
 * @example
 * const shards = router({
 *   protocol: Orders,
 *   route: (_message, order) => (order.customer % 2 === 0 ? 'even' : 'odd'),
 *   routes: [
 *     { name: 'even', start: ordersActor },
 *     { name: 'odd', start: ordersActor },
 *   ],
 * })
 * @source ergo-features 11
 */
export function router<
  P extends AnyProtocol = AnyProtocol,
  const C extends readonly AnySpawnable[] = readonly [],
>(spec: RouterSpec<P, C>): Spawnable<RouterProtocol<P>> {
  const parts = checkRouter(spec as unknown as GivenRouter)
  const messages = spec.protocol?.messages ?? {}
  const name = spec.name ?? ROUTER_DEFAULTS.name
  const isTyped = spec.protocol !== undefined
  const behaviour: Behaviour<RouterState> = {
    name,
    kind: 'router',
    protocol: isTyped ? protocol(name, { ...messages, ...routerProtocol.messages }) : undefined,
    messages: new Map(forwarders(messages, 'message', forwardMessage)),
    requests: new Map([...forwarders(messages, 'request', forwardRequest), ...MANAGEMENT]),
    options: { trapExit: true, terminateTimeoutMs: Number.POSITIVE_INFINITY },
    init: async (context) => {
      const state = new RouterState(context, parts)
      await state.begin()
      return state
    },
    terminate: (state) => state.end(),
    handleExit: (state, exit) => state.crew.exited(exit),
    handleMessage: isTyped
      ? undefined
      : (state, { message, payload }) => forwardMessage(message)(state, payload),
    handleCall: isTyped
      ? undefined
      : (state, { message, payload }, context) => forwardRequest(message)(state, payload, context),
    inspect: (state) => ({ ...state.stats() }),
    upbringing: (state) => state.crew.ends,
  }
  return Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never> })
}

type Forwarder = (message: string) => Handler<RouterState>

const forwardMessage =
  (message: string) =>
  (state: RouterState, payload: unknown): unknown =>
    state.forward(message, payload)

/** What is discarded is an answer too: the caller is told by its code. */
const forwardRequest: Forwarder = (message) => (state, payload, context) => {
  const result = state.forward(message, payload)
  if (!TroupeError.is(result, 'MESSAGE_DISCARDED')) return result
  context.replyLater().reject(result)
  return NoReply
}

function forwarders(
  messages: AnyProtocol['messages'],
  kind: 'message' | 'request',
  make: Forwarder,
): readonly (readonly [string, Handler<RouterState>])[] {
  return Object.entries(messages)
    .filter(([, type]) => type.kind === kind)
    .map(([name]) => [name, make(name)])
}

/** A specification without the types of its parts. */
interface GivenRouter extends Partial<RouterParts> {
  readonly name?: string
  readonly protocol?: AnyProtocol
  readonly route: RouteFunction
  readonly routes?: readonly RouteSpec[]
  readonly respawn?: Intensity
  readonly backoff?: Backoff
}

/** Fills in the defaults; throws OPTION_INVALID naming the option. */
function checkRouter(given: GivenRouter): RouterParts {
  requireObject('router', given)
  const { respawn, shutdownMs, manageFrom } = { ...ROUTER_DEFAULTS, ...given }
  const { route, routes = [] } = given
  if (given.name !== undefined) requireText('name', given.name)
  requireDuration('shutdownMs', shutdownMs)
  requireOption(typeof route === 'function', 'route', route, 'give a function')
  const fault = intensityFault(respawn)
  requireOption(fault === undefined, 'respawn', JSON.stringify(respawn), fault ?? '')
  requireOption(isNodeList(manageFrom), 'manageFrom', manageFrom, NODES_REMEDY)
  for (const name of Object.keys(routerProtocol.messages)) {
    const isFree = !Object.hasOwn(given.protocol?.messages ?? {}, name)
    requireOption(isFree, 'protocol', given.protocol?.name, `it names ${name}, as the router does`)
  }
  requireOption(Array.isArray(routes), 'routes', routes, 'give a list')
  for (const [at, route] of routes.entries()) requireObject(`routes[${at}]`, route)
  const names = routes.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  requireOption(twice === undefined, 'routes', twice, 'give each route a name of its own')
  const rules = { respawn, backoff: checkBackoff(given.backoff, 'backoff') }
  return { route, routes, rules, shutdownMs, manageFrom }
}

const MANAGEMENT: readonly (readonly [string, Handler<RouterState>])[] = [
  ['routes', (state) => state.routes()],
  ['routerStats', (state) => state.stats()],
  ['addRoute', answering((state, spec) => state.addRoute(spec as RouteSpec))],
  ['removeRoute', answering((state, name) => state.removeRoute(name as string))],
  ['disableRoute', answering((state, name) => state.disableRoute(name as string))],
  ['enableRoute', answering((state, name) => state.enableRoute(name as string))],
  ['replaceRoute', answering((state, spec) => state.replaceRoute(spec as RouteSpec))],
]

function answering(
  work: (state: RouterState, payload: unknown) => Promise<unknown>,
): Handler<RouterState> {
  return (state, payload, context) =>
    mayManage(state.manageFrom, context)
      ? answerLater(
          context,
          () => work(state, payload),
          (thrown) => state.crew.fail(thrown),
        )
      : refuseManaging(context)
}
