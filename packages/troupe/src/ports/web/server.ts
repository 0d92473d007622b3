/**
 * ports/web/server: one of Node's HTTP servers on one address, with the limits of a listener.
 *
 * @source Node.js "HTTP", server options
 */
import { createServer, type Server } from 'node:http'
import { isIPv6 } from 'node:net'
import type { Listening } from '#ports/listen'
import type { WebLimits } from './listen-options.js'

/** Slow clients are looked for at least this often, in milliseconds. */
const LOOK_MS_MAX = 1_000

/** A server that is open. */
export interface Bound extends Listening {
  readonly server: Server
}

export function openBound(host: string, port: number, limits: WebLimits): Promise<Bound> {
  return new Promise((resolve, reject) => {
    const server = createServer({
      maxHeaderSize: limits.headersBytesMax,
      headersTimeout: forNode(Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs)),
      requestTimeout: forNode(limits.requestTimeoutMs),
      keepAliveTimeout: forNode(limits.idleTimeoutMs),
      // How often slow clients are looked for; the default of 30 s would outlast the limits.
      connectionsCheckingInterval: Math.min(LOOK_MS_MAX, limits.headersTimeoutMs),
    })
    server.maxConnections = limits.connectionsMax
    // Node would leave out what is above it without a word; one more lets us see that.
    server.maxHeadersCount = limits.headersMax + 1
    server.timeout = forNode(limits.stallTimeoutMs)
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, ipv6Only: isIPv6(host) }, () => {
      server.off('error', reject)
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : port
      resolve({ host, port: taken, server })
    })
  })
}

export function closeBound({ server }: Bound): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

/** Node's way to say "no limit" is 0. */
const forNode = (timeoutMs: number): number => (Number.isFinite(timeoutMs) ? timeoutMs : 0)
