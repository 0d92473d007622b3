/**
 * ports/web/ignored-upgrade: a request that offers to speak HTTP/2, answered in HTTP/1.1.
 *
 * Some clients (Java's, `curl --http2`) add the offer to every request; a server may ignore it.
 * Node hands such a connection over as upgraded, so it is put back here, for one answer.
 * Limit: a request with a body cannot be put back; its bytes have gone another way.
 *
 * @source RFC 9110, 7.8; RFC 9113, 3.1
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { part } from './parting.js'

/** True for an offer that is to be ignored. */
export function isIgnorable({ headers }: IncomingMessage): boolean {
  const hasBody = 'content-length' in headers || 'transfer-encoding' in headers
  return headers.upgrade?.toLowerCase() === 'h2c' && !hasBody
}

/** A response for a connection that Node gave away; it closes with the answer. */
export function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket as Socket)
  response.once('finish', () => {
    response.detachSocket(socket as Socket)
    part(socket)
    // Node's server would tell this of a connection that is its own.
    response.emit('close')
  })
  return response
}
