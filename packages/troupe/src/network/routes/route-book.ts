/**
 * network/routes/route-book: the ways to nodes that were given by hand, in the order of trying.
 *
 * Knows nothing of lines: it says which ways there are to a node, each with its addresses, its
 * cookie and its TLS, and whether others may be asked when all of them fail. Those by the whole
 * name of a node come first, then the others, each by weight, then as they were added.
 * Limit: `ROUTES_MAX`.
 *
 * @source ergo-features 22
 */
import {
  NETWORK_ROUTE_DEFAULTS,
  type NetworkRoute,
  type NetworkRouteInfo,
  type NodeTls,
  requireNetworkRoute,
  requireOption,
  type Transport,
  type TransportAddress,
  TroupeError,
} from '#contract'
import { requireCookie } from '#network/handshake/cookie'
import { handshakeKey } from '#network/handshake/proof'
import { livenessKey } from '#network/liveness/probe-frame'
import { parseWay } from '#network/options'
import { isExact, isOfForm } from './node-glob.js'

/** Most routes of one node. */
export const ROUTES_MAX = 10_000

/** What another cookie gives: its keys. */
export interface CookieKeys {
  readonly handshake: Uint8Array
  readonly liveness: Uint8Array
}

/** Some addresses that are dialled in one manner. */
export interface DialTarget {
  readonly addresses: readonly TransportAddress[]
  /** Undefined: those of the own cookie. */
  readonly keys: CookieKeys | undefined
  /** TLS of this way alone; undefined: that of the node. */
  readonly tls: Transport | undefined
}

/** The ways to one node. */
export interface RoutePlan {
  /** Some way needs to know where the registrar says. */
  readonly asks: boolean
  /** All failed: may others be tried? */
  readonly fallsThrough: boolean
  /** In the order in which they are tried; `found` is what the registrar says. */
  targets(found: readonly TransportAddress[]): readonly DialTarget[]
}

/** What a book has to be given. */
export interface RouteBookParts {
  /** What this node can dial with. */
  readonly transports: ReadonlyMap<string, Transport>
  /** Makes TLS for one way; undefined where there is none. */
  readonly tls: ((tls: NodeTls) => Transport) | undefined
  /** A way has come to the nodes of this form. */
  readonly added: (isMeant: (node: string) => boolean) => void
}

interface Route {
  readonly info: NetworkRouteInfo
  readonly addresses: readonly TransportAddress[]
  readonly keys: CookieKeys | undefined
  readonly tls: Transport | undefined
}

export class RouteBook {
  readonly #parts: RouteBookParts
  #routes: readonly Route[] = []

  constructor(parts: RouteBookParts, routes: readonly NetworkRoute[] = []) {
    this.#parts = parts
    for (const [at, route] of routes.entries()) this.#add(`routes[${at}]`, route)
  }

  /** Throws OPTION_INVALID, ROUTE_TAKEN. */
  add(route: NetworkRoute): void {
    this.#add('route', route)
    this.#parts.added((node) => isOfForm(route.match, node))
  }

  /** Throws ROUTE_UNKNOWN. */
  remove(match: string, weight: number | undefined): void {
    const stay = this.#routes.filter(
      ({ info }) => info.match !== match || (weight !== undefined && info.weight !== weight),
    )
    if (stay.length === this.#routes.length) {
      throw new TroupeError('ROUTE_UNKNOWN', { name: nameOf(match, weight) })
    }
    this.#routes = stay
  }

  /** All, or those for a node, in the order of trying; those that are never tried are last. */
  list(node?: string): readonly NetworkRouteInfo[] {
    const isShown = (one: Route): boolean => node === undefined || isOfForm(one.info.match, node)
    return this.#routes.filter(isShown).map(({ info }) => info)
  }

  plan(node: string): RoutePlan {
    const ways = this.#routes.filter(({ info }) => info.weight > 0 && isOfForm(info.match, node))
    return {
      asks: ways.some(({ addresses }) => addresses.length === 0),
      fallsThrough: ways.every(({ info }) => info.fallThrough),
      targets: (found) => ways.map((way) => targetOf(way, found)),
    }
  }

  #add(path: string, given: NetworkRoute): void {
    requireNetworkRoute(path, given)
    const route = this.#read(path, given)
    const { match, weight } = route.info
    const isTaken = this.#routes.some(({ info }) => info.match === match && info.weight === weight)
    if (isTaken) throw new TroupeError('ROUTE_TAKEN', { name: nameOf(match, weight) })
    const hasRoom = this.#routes.length < ROUTES_MAX
    requireOption(hasRoom, path, match, `there are ${ROUTES_MAX} already; remove some`)
    this.#routes = [...this.#routes, route].sort(
      (one, other) => rankOf(one) - rankOf(other) || other.info.weight - one.info.weight,
    )
  }

  #read(path: string, given: NetworkRoute): Route {
    const { match, weight = NETWORK_ROUTE_DEFAULTS.weight, host, port, cookie, tls } = given
    const { address = [], fallThrough = cookie === undefined && tls === undefined } = given
    if (cookie !== undefined) requireCookie(cookie)
    const texts = typeof address === 'string' ? [address] : address
    const { transports, tls: makeTls } = this.#parts
    const isPossible = tls === undefined || makeTls !== undefined
    requireOption(isPossible, `${path}.tls`, '(TLS)', 'this network has no TLS')
    const own = tls && makeTls?.(tls)
    const usable = own === undefined ? transports : new Map([['tls', own]])
    const addresses = texts.map((text) => parseWay(`${path}.address`, text, usable))
    const info = Object.freeze({
      ...{ match, weight, addresses: Object.freeze([...texts]), host, port, fallThrough },
      ...{ ownCookie: cookie !== undefined, ownTls: tls !== undefined },
    })
    const keys = cookie === undefined ? undefined : keysOf(cookie)
    return { info, addresses, keys, tls: own }
  }
}

const keysOf = (cookie: string): CookieKeys => ({
  handshake: handshakeKey(cookie),
  liveness: livenessKey(cookie),
})

const nameOf = (match: string, weight: number | undefined): string =>
  weight === undefined ? match : `${match} with weight ${weight}`

/** What is never tried is shown last, and who is named comes before who is meant among others. */
const rankOf = ({ info: { match, weight } }: Route): number =>
  (weight === 0 ? 2 : 0) + (isExact(match) ? 0 : 1)

/** A way of its own TLS uses nothing but TLS; one with another host or port no Unix socket. */
function targetOf(way: Route, found: readonly TransportAddress[]): DialTarget {
  const { addresses, keys, tls } = way
  const { host, port } = way.info
  if (addresses.length > 0) return { addresses, keys, tls }
  const isMoved = host !== undefined || port !== undefined
  const there = found
    .filter(({ transport }) => tls === undefined || transport === 'tls')
    .filter(({ path }) => !isMoved || path === '')
    .map((one) => ({ ...one, host: host ?? one.host, port: port ?? one.port }))
  return { addresses: there, keys, tls }
}
