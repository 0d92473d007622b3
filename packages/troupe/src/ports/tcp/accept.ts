/**
 * ports/tcp/accept: from a socket that the kernel gives to one that is ready to be served.
 *
 * Without TLS that is at once; with TLS after the handshake, which has a time limit. Knows nothing
 * of processes. Node's TLS server does the handshake: it alone can tell whether a client's
 * certificate holds.
 *
 * @source Node.js "TLS (SSL)": 'secureConnection', 'tlsClientError'
 */
import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { Listening } from '#ports/listen'
import { followCertificates, type ServerTls, serverTlsOptions } from '#ports/tls/server-tls'
import type { TcpAccepted } from './connection.js'
import type { TcpSecurity } from './message.js'

/** Told once for each socket: ready, or never. */
export type Accepted = (connected: TcpAccepted | undefined) => void

/** Does the handshakes of one listener. */
export class Handshakes {
  readonly #server: Server
  readonly #unfollow: () => void
  /** Those under way, by the address of the other side: the socket itself is inside of node's. */
  readonly #pending = new Map<string, Accepted>()

  constructor(tls: ServerTls) {
    // Ours has a clock of its own; node's must never be earlier.
    const handshakeTimeout = 2_147_483_647
    this.#server = createServer({ ...serverTlsOptions(tls), handshakeTimeout })
    this.#unfollow = followCertificates(tls, [this.#server])
    this.#server.on('secureConnection', (socket) => this.#ready(socket))
    this.#server.on('tlsClientError', (_error, socket) => void socket.destroy())
  }

  /** Begins one; a socket that closes meanwhile never is ready. */
  begin(raw: Socket, accepted: Accepted): void {
    if (raw.remoteAddress === undefined) {
      // It has gone already, and without its address nobody could be found again.
      raw.destroy()
      accepted(undefined)
      return
    }
    const key = keyOf(raw)
    this.#pending.set(key, accepted)
    raw.once('close', () => this.#settle(key, undefined))
    this.#server.emit('connection', raw)
  }

  close(): void {
    this.#unfollow()
  }

  #ready(socket: TLSSocket): void {
    socket.on('error', () => {})
    const connected = connectedOf(socket, securityOf(socket))
    // It may have gone a moment ago; then nobody knows any more who it was.
    if (connected === undefined || !this.#settle(keyOf(socket), connected)) socket.destroy()
  }

  #settle(key: string, connected: TcpAccepted | undefined): boolean {
    const accepted = this.#pending.get(key)
    this.#pending.delete(key)
    accepted?.(connected)
    return accepted !== undefined
  }
}

/** Both ends of a connection have to be told apart: two addresses of ours may share the port. */
const keyOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`

/** What is known of both sides; undefined when the other one has gone already. */
export function connectedOf(
  socket: Socket,
  security: TcpSecurity | undefined,
): TcpAccepted | undefined {
  const remote = sideOf(socket.remoteAddress, socket.remotePort)
  const local = sideOf(socket.localAddress, socket.localPort)
  if (remote === undefined || local === undefined || socket.destroyed) return undefined
  // Only now: who finishes within the handshake is gone, but who is served may still want answers.
  socket.allowHalfOpen = true
  return { socket, remote, local, security }
}

const sideOf = (host: string | undefined, port: number | undefined): Listening | undefined =>
  host === undefined || port === undefined ? undefined : Object.freeze({ host, port })

/** What a handshake has found out about the other side. */
export function securityOf(socket: TLSSocket): TcpSecurity {
  const peer = socket.getPeerX509Certificate()
  return Object.freeze({
    protocol: socket.getProtocol() ?? 'unknown',
    peerSubject: peer?.subject,
    peerFingerprint: peer?.fingerprint256,
  })
}
