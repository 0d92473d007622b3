/**
 * network/told-address: whether an address that another node tells of itself may be dialled.
 *
 * A node may tell any host and port, and whoever is told would knock there. So what is told is
 * dialled only to mend the line of that very node, never with less security than it was met with,
 * and never where a stranger could not be: at this machine for one who came from elsewhere, at
 * addresses of one cable or of many machines. Where it is asked whether it lives is judged alike.
 * Pure.
 *
 * @source OWASP "Server Side Request Forgery"; design 5
 */
import { isLoopbackHost, isNowhereHost } from '#base/host-kind'
import type { TransportAddress } from '#contract'
import { hostOf } from './transport/host-port.js'

/** How a node was met: the transport of its line, and its far end as printed. */
export interface Met {
  readonly transport: string
  readonly remote: string
}

/** What a node may be redialled by, by what it was met over. A socket is as safe as the machine. */
const NO_LESS_SECURE: Readonly<Record<string, readonly string[]>> = Object.freeze({
  tcp: ['tcp', 'tls'],
  tls: ['tls'],
  unix: ['unix', 'tcp', 'tls'],
})

/** True when the address is sensible for a node that was met in this way. */
export function mayBeDialled(address: TransportAddress, met: Met): boolean {
  const { transport, host, port } = address
  const allowed = NO_LESS_SECURE[met.transport] ?? [met.transport]
  if (!allowed.includes(transport)) return false
  if (transport !== 'tcp' && transport !== 'tls') return true
  if (host === '' || port < 1) return false
  if (met.transport === 'unix') return transport === 'tls' || isLoopbackHost(host)
  const remote = hostOf(met.remote).replace(/^::ffff:/i, '')
  return (
    host === remote || (!isNowhereHost(host) && (!isLoopbackHost(host) || isLoopbackHost(remote)))
  )
}

/** True when a node that was met in this way may be asked there whether it lives. */
export function mayBeAsked(
  { host, port }: Pick<TransportAddress, 'host' | 'port'>,
  met: Met,
): boolean {
  if (met.transport !== 'tcp' && met.transport !== 'tls') {
    return met.transport !== 'unix' || (port > 0 && (isLoopbackHost(host) || !isNowhereHost(host)))
  }
  return mayBeDialled({ transport: met.transport, host, port, path: '' }, met)
}
