/**
 * ports/sse/request: the request of a client as a value.
 */
import type { IncomingMessage } from 'node:http'
import { headersOf } from '#ports/headers'
import { pathOf, queryOf } from '#ports/web/mounts'
import type { SseRequest } from './message.js'

export function requestOf(incoming: IncomingMessage): SseRequest {
  const { method = 'GET', url = '/', socket } = incoming
  return {
    method,
    path: pathOf(url),
    query: queryOf(url),
    headers: headersOf(incoming),
    remoteAddress: socket.remoteAddress ?? '',
  }
}

/** The id of the last event the client has seen. Clients send it as UTF-8, unlike other headers. */
export function lastEventIdOf({ headers }: IncomingMessage): string {
  const given = headers['last-event-id']
  const text = Array.isArray(given) ? given[0] : given
  return text === undefined ? '' : Buffer.from(text, 'latin1').toString('utf8')
}
