/**
 * network/transport/tls-entrance: takes connections and has TLS agreed on each, by address.
 *
 * A server of node for TLS tells of a connection when all is agreed or lost, and of one that was
 * lost not even the address. So a plain server stands in front of it: it knows the address from the
 * start, and can turn somebody away before TLS costs anything. Knows nothing of lines.
 *
 * Limit: of connections that were lost without their address the first that was told of is taken
 * for the first that ended; node tells of both in one order.
 *
 * @source Node.js "TLS", event `connection` of tls.Server (to inject connections)
 */
import { createServer as createPlainServer, type Server, type Socket } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls'
import type { LineListenOptions } from '#contract'
import { problemOf } from './problem.js'
import { endsOf, GONE, turnedAway } from './tcp.js'

/** Ends that are kept for those who are told of as lost after they have ended. */
const ENDED_MAX = 1_024
/** What OpenSSL says of bytes that are no TLS. */
const PLAIN: ReadonlySet<unknown> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
])

export interface TlsEntrance {
  /** The one that listens. */
  readonly server: Server
  /** Agrees on TLS with whom the other one has taken. */
  readonly tls: TlsServer
}

/** Makes both; `agreed` is told of connections on which TLS holds. */
export function tlsEntrance(
  options: TlsOptions,
  { admits, refused }: Pick<LineListenOptions, 'admits' | 'refused'>,
  agreed: (socket: TLSSocket) => void,
): TlsEntrance {
  const agreeing = new Agreeing()
  const tls = createServer(options)
  const server = createPlainServer({ noDelay: true }, (raw) => {
    if (turnedAway(raw, admits)) return
    agreeing.begun(raw)
    tls.emit('connection', raw)
  })
  tls.on('secureConnection', (socket) => {
    agreeing.over(socket)
    // It may have begun before the listener was closed, or have gone since.
    if (server.listening && !socket.destroyed) agreed(socket)
    else socket.destroy()
  })
  tls.on('tlsClientError', (error, socket) => {
    refused(refusalOf(error, socket), agreeing.over(socket))
    socket.destroy()
  })
  return { server, tls }
}

/** Who has not agreed on TLS yet. */
class Agreeing {
  readonly #open = new Set<string>()
  /** Who ended without being told of, the first one first. */
  readonly #ended: string[] = []

  begun(raw: Socket): void {
    const { remote } = endsOf(raw)
    this.#open.add(remote)
    raw.once('close', () => {
      if (!this.#open.delete(remote)) return
      this.#ended.push(remote)
      if (this.#ended.length > ENDED_MAX) this.#ended.shift()
    })
  }

  /** It has agreed, or is told of as lost; answers its address. */
  over(socket: TLSSocket): string {
    const { remote } = endsOf(socket)
    if (remote === GONE) return this.#ended.shift() ?? GONE
    this.#open.delete(remote)
    return remote
  }
}

/** Node closes without a word when a certificate does not hold; why stands at the socket. */
function refusalOf(error: Error, socket: TLSSocket): string {
  const code: unknown = socket.authorizationError
  if (typeof code === 'string') {
    return `the certificate it showed: ${problemOf(Object.assign(error, { code }))}`
  }
  const isPlain = 'code' in error && PLAIN.has(error.code)
  return isPlain
    ? `it does not speak TLS; dial this port as tls:// (${error.code})`
    : problemOf(error)
}
