/**
 * ports/web/faults: what is wrong with a request though Node's parser lets it pass.
 *
 * Pure. A request that two servers understand differently is how one is smuggled past a proxy.
 *
 * @source RFC 9112, 3.2 (host), 6.1 (transfer codings), 2.3 (version)
 */
import type { IncomingMessage } from 'node:http'
import type { Refusal } from './refusals.js'

const NO_HOST: Refusal = Object.freeze({ status: 400, reason: 'name one host' })
const NO_CODING: Refusal = Object.freeze({ status: 501, reason: 'a body may be chunked only' })
const NO_VERSION: Refusal = Object.freeze({ status: 505, reason: 'speak HTTP/1.1' })

/** A name, four numbers or an address in brackets, and a port; it may be empty. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w\-.~%!$&'()*+,;=]*)(?::\d*)?$/i

/** Nearly all requests of a server name the same host. */
let known = ''

/** How a request is to be refused; undefined for one that can be served. */
export function faultOf({ rawHeaders, httpVersionMajor }: IncomingMessage): Refusal | undefined {
  if (httpVersionMajor < 1) return NO_VERSION
  let hosts = 0
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hosts += 1
      if (hosts > 1 || !isHost(rawHeaders[at + 1] ?? '')) return NO_HOST
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (rawHeaders[at + 1]?.toLowerCase() !== 'chunked') return NO_CODING
    }
  }
  return undefined
}

function isHost(host: string): boolean {
  if (host === known) return true
  if (!HOST.test(host)) return false
  known = host
  return true
}
