/**
 * ports/web/listener: open HTTP servers, their limits and counters; what a web port serves.
 *
 * It is no process: it may outlive the port that answers, so that clients keep their
 * connections while the port is restarted; requests that come meanwhile get 503.
 * Limits: headers, connections, and how long a client may take for each step.
 *
 * @source ergo-features 13 (web server); Node.js "HTTP", server options
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import { type Clock, systemClock } from '#base/clock'
import { requireDuration, requireOption } from '#contract'
import { type Listening, type ListenOptions, listen } from '#ports/listen'

/** Where a web listener opens, and its limits. */
export interface WebListenOptions extends ListenOptions {
  /** Request line and headers together, in bytes; above it 431; default 16,384. */
  readonly headersBytesMax?: number
  /** Open connections for each address; one more is closed at once; default 1,000. */
  readonly connectionsMax?: number
  /** Longest time until the headers are complete, in milliseconds; then 408; default 10,000. */
  readonly headersTimeoutMs?: number
  /** Longest time until a request is complete, in milliseconds; then 408; default 20,000. */
  readonly requestTimeoutMs?: number
  /** Longest time without a further request, in milliseconds; then closed; default 10,000. */
  readonly idleTimeoutMs?: number
  /** Time for running requests when the listener closes, in milliseconds; default 1,000. */
  readonly closeTimeoutMs?: number
}

type Limits = Required<Omit<WebListenOptions, keyof ListenOptions>>

/** What the options of a web listener leave open. */
export const WEB_LISTEN_DEFAULTS: Limits = Object.freeze({
  headersBytesMax: 16_384,
  connectionsMax: 1_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  idleTimeoutMs: 10_000,
  closeTimeoutMs: 1_000,
})

/** Counted since the listener was opened. */
export interface WebListenCounters {
  readonly connections: number
  /** Closed at once because of `connectionsMax`. */
  readonly connectionsRefused: number
  readonly requests: number
  /** Answered with 503 because no port was there. */
  readonly unserved: number
  /** What a client sent was no HTTP, too large or too slow. */
  readonly clientErrors: number
}

/** Slow clients are looked for at least this often, in milliseconds. */
const LOOK_MS_MAX = 1_000

/** Answers one exchange. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => void

interface Bound extends Listening {
  readonly server: Server
}

/** Open HTTP servers on one port; made by `openWeb`, and closed by whoever made it. */
export class WebListener {
  readonly #bound: readonly Bound[]
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #counters = {
    connections: 0,
    connectionsRefused: 0,
    requests: 0,
    unserved: 0,
    clientErrors: 0,
  }
  #serve: Serve | undefined

  constructor(bound: readonly Bound[], limits: Limits, clock: Clock) {
    this.#bound = bound
    this.#limits = limits
    this.#clock = clock
    for (const { server } of bound) this.#listenTo(server)
  }

  get addresses(): readonly Listening[] {
    return this.#bound.map(({ host, port }) => ({ host, port }))
  }

  /** The port number, which all addresses share. */
  get port(): number {
    return this.#bound[0]?.port ?? 0
  }

  counters(): WebListenCounters {
    return { ...this.#counters }
  }

  /** Hands requests to this server from now on, in place of the one before. */
  attach(serve: Serve): void {
    this.#serve = serve
  }

  /** Ends the serving of this one; nothing happens when another one serves by now. */
  detach(serve: Serve): void {
    if (this.#serve === serve) this.#serve = undefined
  }

  /** Takes no more connections, lets running requests end, then closes what is left. */
  async close(): Promise<void> {
    const closed = Promise.all(this.#bound.map(closeBound))
    for (const { server } of this.#bound) server.closeIdleConnections()
    const cancel = this.#clock.after(this.#limits.closeTimeoutMs, () => {
      for (const { server } of this.#bound) server.closeAllConnections()
    })
    await closed
    cancel()
  }

  #listenTo(server: Server): void {
    const counters = this.#counters
    server.on('request', (request, response) => {
      counters.requests += 1
      if (this.#serve !== undefined) return this.#serve(request, response)
      counters.unserved += 1
      answerUnserved(response)
    })
    server.on('connection', () => {
      counters.connections += 1
    })
    server.on('drop', () => {
      counters.connectionsRefused += 1
    })
    server.on('clientError', (error, socket) => {
      if (answerClientError(error, socket as Socket)) counters.clientErrors += 1
    })
  }
}

/**
 * Opens HTTP servers on one port of this machine, on both loopbacks unless told otherwise.
 *
 * Rejects with PORT_IN_USE, PORT_FAILED, OPTION_INVALID. When a port process should own its
 * listener, give the options to the port instead.
 *
 * @example const listener = await openWeb({ port: 9094 })
 */
export async function openWeb(
  options: WebListenOptions,
  clock: Clock = systemClock,
): Promise<WebListener> {
  const limits = checkedLimits(options)
  const bound = await listen<Bound>(options, {
    transport: 'tcp',
    open: (host, port) => openBound(host, port, limits),
    close: closeBound,
  })
  return new WebListener(bound, limits, clock)
}

function checkedLimits(options: WebListenOptions): Limits {
  for (const name of ['headersBytesMax', 'connectionsMax'] as const) {
    const value = options[name]
    const isCount = value === undefined || (Number.isSafeInteger(value) && value > 0)
    requireOption(isCount, name, value, 'give a whole number above 0')
  }
  requireDuration('headersTimeoutMs', options.headersTimeoutMs)
  requireDuration('requestTimeoutMs', options.requestTimeoutMs)
  requireDuration('idleTimeoutMs', options.idleTimeoutMs)
  requireDuration('closeTimeoutMs', options.closeTimeoutMs)
  return { ...WEB_LISTEN_DEFAULTS, ...options }
}

function openBound(host: string, port: number, limits: Limits): Promise<Bound> {
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
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, ipv6Only: isIPv6(host) }, () => {
      server.off('error', reject)
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : port
      resolve({ host, port: taken, server })
    })
  })
}

function closeBound({ server }: Bound): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

function answerUnserved(response: ServerResponse): void {
  const body = '{"error":"the service is starting again"}'
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
  response.end(body)
}

const CLIENT_ERROR_STATUS: Readonly<Record<string, number>> = Object.freeze({
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
})

/**
 * A client that spoke no HTTP gets one line and no more of our attention. False for one that has
 * its line already, or has gone away.
 */
function answerClientError(error: Error & { readonly code?: string }, socket: Socket): boolean {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return false
  }
  const status = CLIENT_ERROR_STATUS[error.code ?? ''] ?? 400
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n\r\n`)
  return true
}

/** Node's way to say "no limit" is 0. */
const forNode = (timeoutMs: number): number => (Number.isFinite(timeoutMs) ? timeoutMs : 0)
