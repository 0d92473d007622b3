/**
 * contract/network-route: a way to nodes that is given by hand: where, with which cookie and TLS.
 *
 * Defaults live here and nowhere else. docs/reference/options.md is tested against this file.
 *
 * @source ergo-features 22 (static routes)
 */
import { type KnownOptions, requireKnown } from './known-options.js'
import { requireObject, requireOption } from './limits.js'
import { type NodeTls, requireNodeTls } from './node-tls.js'
import { isNodeName } from './visible.js'

/**
 * A way to nodes, tried before the registrar is asked. Of all that match a node, those by its whole
 * name come first, then the others, each by weight; each is tried in turn.
 */
export interface NetworkRoute {
  /** A node, or nodes: `*` stands for any letters on its side of the `@`: `*@host`, `web*@*`. */
  readonly match: string
  /** A whole number, the higher the earlier; 0: never tried, and as if it were not there. */
  readonly weight?: number
  /**
   * `tcp://host:port`, `tls://host:port` or `unix:/path`; several are tried in order. Left out:
   * where the registrar says.
   */
  readonly address?: string | readonly string[]
  /** Instead of the host that the registrar says; not together with `address`. */
  readonly host?: string
  /** Instead of the port that the registrar says; not together with `address`. */
  readonly port?: number
  /** The secret of the far node; default the own one. */
  readonly cookie?: string
  /** TLS on this way alone; every address is then one of TLS. */
  readonly tls?: NodeTls
  /**
   * Whether the registrar, `peers` and what the node told of itself are tried when all routes have
   * failed; one route that says false is enough. Default true, and false with a `cookie` or `tls`.
   */
  readonly fallThrough?: boolean
}

/** What a route leaves open. */
export const NETWORK_ROUTE_DEFAULTS = Object.freeze({ weight: 100 })

/** A route, as it is told: secrets are not. */
export interface NetworkRouteInfo {
  readonly match: string
  readonly weight: number
  /** Empty: where the registrar says. */
  readonly addresses: readonly string[]
  readonly host: string | undefined
  readonly port: number | undefined
  readonly ownCookie: boolean
  readonly ownTls: boolean
  readonly fallThrough: boolean
}

const PORT_MAX = 65_535

const ROUTE_KNOWN: KnownOptions<NetworkRoute> = Object.freeze({
  match: true,
  weight: true,
  address: true,
  host: true,
  port: true,
  cookie: true,
  tls: true,
  fallThrough: true,
})

/** Throws OPTION_INVALID, naming the option. */
export function requireNetworkRoutes(routes: readonly NetworkRoute[]): void {
  requireOption(Array.isArray(routes), 'routes', routes, 'give a list of objects')
  for (const [at, route] of routes.entries()) requireNetworkRoute(`routes[${at}]`, route)
}

/** Throws OPTION_INVALID, naming the option with its `path`. */
export function requireNetworkRoute(path: string, route: NetworkRoute): void {
  requireObject(path, route)
  requireKnown(`network.${path}`, route, ROUTE_KNOWN)
  const { match, weight, cookie, tls, fallThrough } = route
  const hasMatch = typeof match === 'string' && isMatch(match)
  requireOption(hasMatch, `${path}.match`, match, 'give name@host; a * stands for any letters')
  const isWeight = weight === undefined || (Number.isSafeInteger(weight) && weight >= 0)
  requireOption(isWeight, `${path}.weight`, weight, 'give a whole number, 0 or more')
  const isText = cookie === undefined || (typeof cookie === 'string' && cookie !== '')
  requireOption(isText, `${path}.cookie`, '(hidden)', 'give a text that is not empty')
  if (tls !== undefined) requireNodeTls(`${path}.tls`, tls)
  const isFlag = fallThrough === undefined || typeof fallThrough === 'boolean'
  requireOption(isFlag, `${path}.fallThrough`, fallThrough, 'give true or false')
  requirePlaces(path, route)
}

function requirePlaces(path: string, { address, host, port }: NetworkRoute): void {
  const places = typeof address === 'string' ? [address] : (address ?? ['-'])
  const areTexts =
    Array.isArray(places) && places.length > 0 && places.every((one) => typeof one === 'string')
  requireOption(areTexts, `${path}.address`, address, 'give tcp://host:port, or a list of such')
  const isHost = host === undefined || (typeof host === 'string' && host !== '')
  requireOption(isHost, `${path}.host`, host, 'give a host name or an address')
  const isPort = port === undefined || (Number.isInteger(port) && port >= 1 && port <= PORT_MAX)
  requireOption(isPort, `${path}.port`, port, 'give a number from 1 to 65535')
  const isEither = address === undefined || (host === undefined && port === undefined)
  const remedy = 'host and port replace what the registrar says; leave them or the address out'
  requireOption(isEither, `${path}.address`, address, remedy)
}

/** With a letter in the place of each star it has to be the name of a node. */
const isMatch = (match: string): boolean => isNodeName(match.replaceAll('*', 'x'))
