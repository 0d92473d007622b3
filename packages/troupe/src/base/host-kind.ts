/**
 * base/host-kind: what kind of place a host is, by its text alone: this machine, or no one machine.
 *
 * Knows nothing of names that must be looked up: what they stand for is judged afterwards. Pure.
 *
 * @source RFC 6890 (special-purpose addresses); OWASP "Server Side Request Forgery"
 */
import { isIP } from 'node:net'

/** True for what stands for the machine that says it. */
export const isLoopbackHost = (host: string): boolean =>
  /^localhost\.?$/i.test(host) ||
  /\.localhost\.?$/i.test(host) ||
  (isIP(host) === 4 ? host.startsWith('127.') : /^(::1|::ffff:(127\.|7f))/i.test(host))

/** True for all addresses of a machine, those of one cable only, and those of many machines. */
export function isNowhereHost(host: string): boolean {
  const four = host.replace(/^::ffff:/i, '')
  if (isIP(four) === 4) return /^(0\.|169\.254\.|22[4-9]\.|23\d\.|24\d\.|25\d\.)/.test(four)
  if (isIP(host) === 6) return /^(::$|0*:0*:|fe[89ab]|ff)/i.test(host) && !isLoopbackHost(host)
  // Numbers that only some systems read as an address, such as 2130706433 or 0x7f.1.
  return /^(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?$/i.test(host)
}
