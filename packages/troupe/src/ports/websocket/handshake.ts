/**
 * ports/websocket/handshake: what a request for a WebSocket says, as a value.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { headersOf } from '#ports/headers'
import type { Listening } from '#ports/listen'
import { securityOf } from '#ports/tcp/accept'
import type { TcpSecurity } from '#ports/tcp/message'
import type { WebSocketHandshake } from './origin.js'

/** What the request says, before anything is decided. */
export function handshakeOf(request: IncomingMessage): WebSocketHandshake {
  const headers = headersOf(request)
  // Older clients, which the library still understands, had another name for it.
  const origin = headers['origin'] ?? headers['sec-websocket-origin']
  return { url: request.url ?? '/', headers, origin, remote: remoteOf(request.socket) }
}

/** The other side; an empty host when it has gone already. */
export function remoteOf({ remoteAddress = '', remotePort = 0 }: Socket): Listening {
  return Object.freeze({ host: remoteAddress, port: remotePort })
}

/** What TLS found out about the other side; undefined without TLS. */
export function securityFor(socket: Socket): TcpSecurity | undefined {
  return 'encrypted' in socket ? securityOf(socket as TLSSocket) : undefined
}
