/**
 * cluster/registrar/across/reach: what of a node is told to another host, and taken from one.
 *
 * Where only the own machine can come to is told to nobody else, and what another host tells is
 * never dialled at our own loopback: unless both are on one machine. Pure.
 *
 * @source design 5 (bind address and advertised address); OWASP "Server Side Request Forgery"
 */
import { isLoopbackHost, isNowhereHost } from '#base/host-kind'
import type { NodeRoute } from '#contract'

/** True for where somebody on another machine, or on this one, can come to. */
export const isReachable = (host: string, isSameMachine: boolean): boolean =>
  host !== '' && !isNowhereHost(host) && (isSameMachine || !isLoopbackHost(host))

/** The route as it holds for somebody elsewhere; without addresses when it cannot be reached. */
export function routeFrom(route: NodeRoute, isSameMachine: boolean): NodeRoute {
  const addresses = route.addresses.filter(
    ({ transport, host, port }) =>
      transport !== 'unix' && port > 0 && isReachable(host, isSameMachine),
  )
  const { liveness } = route
  const isAsked = liveness !== undefined && isReachable(liveness.host, isSameMachine)
  return { ...route, addresses, liveness: isAsked ? liveness : undefined }
}

/** True when a node takes lines, and from its own machine alone. */
export const isHomebound = (route: NodeRoute): boolean =>
  route.addresses.length > 0 && routeFrom(route, false).addresses.length === 0

/** What to do about a node that only its own machine can reach. */
export const homeboundText = (node: string): string =>
  `the node ${node} listens where only its own machine can come to, so other hosts cannot reach ` +
  `it; give its network.acceptors a host such as '0.0.0.0', or an advertisedHost`
