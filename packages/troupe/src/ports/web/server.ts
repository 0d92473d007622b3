/**
 * ports/web/server: one of Node's HTTP servers on one address, with the limits of a listener.
 *
 * @source Node.js "HTTP", server options
 */
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { isIPv6 } from 'node:net'
import type { Listening } from '#ports/listen'
import { type ServerTls, serverTlsOptions } from '#ports/tls/server-tls'
import type { WebLimits } from './listen-options.js'

/** Slow clients are looked for at least this often, in milliseconds. */
const LOOK_MS_MAX = 1_000

/** A server that is open; with TLS it is one of `node:https`, which has all of this too. */
export interface Bound extends Listening {
  readonly server: Server
}

export function openBound(
  host: string,
  port: number,
  limits: WebLimits,
  tls: ServerTls | undefined,
): Promise<Bound> {
  return new Promise((resolve, reject) => {
    const server = tls === undefined ? createServer(forHttp(limits)) : secureServer(limits, tls)
    server.maxConnections = limits.connectionsMax
    // Node would leave out what is above it without a word; one more lets us see that.
    server.maxHeadersCount = limits.headersMax + 1
    server.timeout = forNode(limits.stallTimeoutMs)
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, ipv6Only: isIPv6(host) }, () => {
      server.off('error', reject)
      // A node keeps the program running; what outlives its ports shall not.
      server.unref()
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : port
      resolve({ host, port: taken, server })
    })
  })
}

function secureServer(limits: WebLimits, tls: ServerTls): Server {
  const handshakeTimeout = limits.handshakeTimeoutMs
  const given = { ...forHttp(limits), ...serverTlsOptions(tls) }
  const server = createSecureServer(
    Number.isFinite(handshakeTimeout) ? { ...given, handshakeTimeout } : given,
  )
  // Node would tell a failed handshake as an error of HTTP, which it is not.
  server.removeAllListeners('tlsClientError')
  return server
}

const forHttp = (limits: WebLimits): ServerOptions => ({
  maxHeaderSize: limits.headersBytesMax,
  headersTimeout: forNode(Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs)),
  requestTimeout: forNode(limits.requestTimeoutMs),
  keepAliveTimeout: forNode(limits.idleTimeoutMs),
  // How often slow clients are looked for; the default of 30 s would outlast the limits.
  connectionsCheckingInterval: Math.min(LOOK_MS_MAX, limits.headersTimeoutMs),
})

export function closeBound({ server }: Bound): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

/** Node's way to say "no limit" is 0. */
const forNode = (timeoutMs: number): number => (Number.isFinite(timeoutMs) ? timeoutMs : 0)
