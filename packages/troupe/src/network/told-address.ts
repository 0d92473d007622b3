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
import { isIP } from 'node:net'
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
  if (met.transport === 'unix') return transport === 'tls' || isLoopback(host)
  const remote = hostOf(met.remote).replace(/^::ffff:/i, '')
  return host === remote || (!isNowhere(host) && (!isLoopback(host) || isLoopback(remote)))
}

/** True when a node that was met in this way may be asked there whether it lives. */
export function mayBeAsked(
  { host, port }: Pick<TransportAddress, 'host' | 'port'>,
  met: Met,
): boolean {
  if (met.transport !== 'tcp' && met.transport !== 'tls') {
    return met.transport !== 'unix' || (port > 0 && (isLoopback(host) || !isNowhere(host)))
  }
  return mayBeDialled({ transport: met.transport, host, port, path: '' }, met)
}

const isLoopback = (host: string): boolean =>
  /^localhost\.?$/i.test(host) ||
  /\.localhost\.?$/i.test(host) ||
  (isIP(host) === 4 ? host.startsWith('127.') : /^(::1|::ffff:(127\.|7f))/i.test(host))

/** All addresses of a machine, those of one cable only, and those of many machines. */
function isNowhere(host: string): boolean {
  const four = host.replace(/^::ffff:/i, '')
  if (isIP(four) === 4) return /^(0\.|169\.254\.|22[4-9]\.|23\d\.|24\d\.|25\d\.)/.test(four)
  if (isIP(host) === 6) return /^(::$|0*:0*:|fe[89ab]|ff)/i.test(host) && !isLoopback(host)
  // Numbers that only some systems read as an address, such as 2130706433 or 0x7f.1.
  return /^(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?$/i.test(host)
}
