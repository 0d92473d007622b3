/**
 * ports/web/hosts: whether a request names the host it is for, once and in a way that can be one.
 *
 * Pure. Two names are how a request is smuggled past a proxy that looks at the other one.
 *
 * @source RFC 9112, 3.2; RFC 3986, 3.2.2 (host)
 */

/** A name, four numbers or an address in brackets, and a port; it may be empty. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w\-.~%!$&'()*+,;=]*)(?::\d*)?$/i

/** Nearly all requests of a server name the same host. */
let known = ''

/** False for one that names several hosts, or what cannot be one. */
export function hasOneHost(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length !== 4 || name.toLowerCase() !== 'host') continue
    hosts += 1
    if (hosts > 1 || !isHost(rawHeaders[at + 1] ?? '')) return false
  }
  return true
}

function isHost(host: string): boolean {
  if (host === known) return true
  if (!HOST.test(host)) return false
  known = host
  return true
}
