/**
 * ports/tcp/listener: open TCP servers, their limits and counters; what a TCP port serves.
 *
 * It is no process: it may outlive the port that serves its connections, so that clients which
 * come while the port is restarted wait for it instead of being refused.
 * Limits: `connectionsMax`, and `handshakeTimeoutMs` until a connection is served.
 *
 * @source ergo-features 13 (TCP server)
 */
import { createServer, isIPv6, type Server, type Socket } from 'node:net'
import { backgroundClock, type Clock } from '#base/clock'
import { requireDuration, requireObject } from '#contract'
import { type Holder, requireFree, requireOpen } from '#ports/holder'
import { type Listening, type ListenOptions, listen } from '#ports/listen'
import { checkServerTls, type ServerTls } from '#ports/tls/server-tls'
import { Totals } from '#ports/totals'
import { connectedOf, Handshakes } from './accept.js'
import type { Connection, TcpAccepted } from './connection.js'
import { givenOf, requireCount } from './connection-options.js'
import type { TcpCounters, TcpEnd } from './message.js'

/** Where a TCP listener opens, and its limits. */
export interface TcpListenOptions extends ListenOptions {
  /** Makes it TLS, with mutual TLS when it says so; default plain TCP. */
  readonly tls?: ServerTls
  /** Open connections over all addresses; one more is closed at once; default 1,000. */
  readonly connectionsMax?: number
  /**
   * Longest time from a connection to its end of the TLS handshake, and again until a port serves
   * it, in milliseconds; then closed; default 10,000.
   */
  readonly handshakeTimeoutMs?: number
  /** Connections that the kernel keeps until we take them; default 511. */
  readonly backlog?: number
}

/** The limits of a TCP listener, none left open. */
export type TcpListenLimits = Required<Omit<TcpListenOptions, keyof ListenOptions | 'tls'>>

/** What the options of a TCP listener leave open. */
export const TCP_LISTEN_DEFAULTS: TcpListenLimits = Object.freeze({
  connectionsMax: 1_000,
  handshakeTimeoutMs: 10_000,
  backlog: 511,
})

/** What is summed over connections. */
const SUMMED = {
  flow: ['receivedBytes', 'receivedChunks', 'sentBytes', 'refusedBytes'],
  left: { undeliveredBytes: 'undeliveredBytes', unsentBytes: 'queuedBytes' },
} as const

/** Takes over a connection. */
export type ServeTcp = (connected: TcpAccepted) => void

interface Bound extends Listening {
  readonly server: Server
}

/** A connection that waits for a port. */
interface Waiting {
  readonly connected: TcpAccepted
  readonly cancel: () => void
}

/** Open TCP servers on one port; made by `openTcp`, and closed by whoever made them. */
export class TcpListener {
  readonly #bound: readonly Bound[]
  readonly #limits: TcpListenLimits
  readonly #clock: Clock
  readonly #handshakes: Handshakes | undefined
  readonly #open = new Set<Socket>()
  /** In their handshake. */
  readonly #shaking = new Set<Socket>()
  readonly #waiting = new Set<Waiting>()
  readonly #counters = {
    connections: 0,
    connectionsRefused: 0,
    handshakesFailed: 0,
    handshakesTooSlow: 0,
    unserved: 0,
    gone: 0,
  }
  /** Connections that are processes. */
  readonly #served = new Set<Connection>()
  readonly #totals = new Totals<TcpEnd, typeof SUMMED>(SUMMED)
  #serve: ServeTcp | undefined
  #holder: Holder | undefined
  #isOpen = true

  constructor(bound: readonly Bound[], options: TcpListenOptions, clock: Clock) {
    this.#bound = bound
    this.#limits = { ...TCP_LISTEN_DEFAULTS, ...givenOf(options) }
    this.#clock = clock
    this.#handshakes = options.tls === undefined ? undefined : new Handshakes(options.tls)
    for (const { server } of bound) {
      server.on('connection', (socket) => this.#accept(socket))
      // For example no file descriptor left: the next one may be accepted again.
      server.on('error', () => {
        this.#counters.connections += 1
        this.#counters.connectionsRefused += 1
      })
    }
  }

  get addresses(): readonly Listening[] {
    return this.#bound.map(({ host, port }) => ({ host, port }))
  }

  /** The port number, which all addresses share. */
  get port(): number {
    return this.#bound[0]?.port ?? 0
  }

  /** Also sums over all connections it has given away, whatever became of their port. */
  counters(): TcpCounters {
    const served = [...this.#served].map((connection) => connection.counters())
    const sums = this.#totals.with(served)
    return { ...this.#counters, connectionsOpen: this.#open.size, ...sums }
  }

  /** A connection of a port that serves it has begun; what it counts is counted here too. */
  opened(connection: Connection): void {
    this.#served.add(connection)
  }

  /** It has ended, for this reason. */
  closed(connection: Connection, end: TcpEnd): void {
    if (this.#served.delete(connection)) this.#totals.add(end, connection.counters())
  }

  /** It could not be served: its other side, or the port that took it, had gone. */
  lose(socket: Socket): void {
    this.#counters.gone += 1
    socket.destroy()
  }

  /**
   * Hands connections to this one from now on, first those that wait. PORT_FAILED when it is
   * closed, PORT_IN_USE when another `holder` has it and lives.
   */
  attach(serve: ServeTcp, holder?: Holder): void {
    const place = { transport: 'tcp', addresses: this.addresses, path: '' }
    requireOpen(this.#isOpen, place)
    requireFree(this.#holder, holder, place)
    this.#holder = holder
    this.#serve = serve
    for (const waiting of [...this.#waiting]) {
      this.#stopWaiting(waiting)
      serve(waiting.connected)
    }
  }

  /** Ends the serving of this one; nothing happens when another one serves by now. */
  detach(serve: ServeTcp): void {
    if (this.#serve !== serve) return
    this.#serve = undefined
    this.#holder = undefined
  }

  /** Takes no more connections and closes those nobody serves; the others go on. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#serve = undefined
    this.#handshakes?.close()
    for (const raw of this.#shaking) raw.destroy()
    for (const waiting of [...this.#waiting]) this.#unserved(waiting)
    for (const bound of this.#bound) closeBound(bound)
  }

  #accept(raw: Socket): void {
    this.#counters.connections += 1
    raw.unref()
    raw.on('error', () => {})
    if (this.#open.size >= this.#limits.connectionsMax || !this.#isOpen) {
      this.#counters.connectionsRefused += 1
      raw.destroy()
      return
    }
    this.#open.add(raw)
    raw.once('close', () => this.#open.delete(raw))
    if (this.#handshakes !== undefined) {
      this.#secure(raw, this.#handshakes)
      return
    }
    const connected = connectedOf(raw, undefined)
    if (connected === undefined) this.lose(raw)
    else this.#ready(connected)
  }

  #secure(raw: Socket, handshakes: Handshakes): void {
    let isLate = false
    const cancel = this.#clock.after(this.#limits.handshakeTimeoutMs, () => {
      isLate = true
      raw.destroy()
    })
    this.#shaking.add(raw)
    handshakes.begin(raw, (connected) => {
      cancel()
      this.#shaking.delete(raw)
      if (connected !== undefined) this.#ready(connected)
      else if (isLate) this.#counters.handshakesTooSlow += 1
      else this.#counters.handshakesFailed += 1
    })
  }

  #ready(connected: TcpAccepted): void {
    if (this.#serve !== undefined) {
      this.#serve(connected)
      return
    }
    const cancel = this.#clock.after(this.#limits.handshakeTimeoutMs, () => this.#unserved(waiting))
    const waiting: Waiting = { connected, cancel }
    this.#waiting.add(waiting)
    connected.socket.once('close', () => {
      if (!this.#waiting.has(waiting)) return
      this.#stopWaiting(waiting)
      this.#counters.gone += 1
    })
    if (!this.#isOpen) this.#unserved(waiting)
  }

  #stopWaiting(waiting: Waiting): void {
    waiting.cancel()
    this.#waiting.delete(waiting)
  }

  #unserved(waiting: Waiting): void {
    this.#stopWaiting(waiting)
    this.#counters.unserved += 1
    waiting.connected.socket.destroy()
  }
}

/**
 * Opens TCP servers on one port of this machine, on both loopbacks unless told otherwise.
 *
 * Rejects with PORT_IN_USE, PORT_FAILED, OPTION_INVALID. When a port process should own its
 * listener, give the options to the port instead.
 *
 * @example const listener = await openTcp({ port: 9091, tls: { certificates } })
 */
export async function openTcp(
  options: TcpListenOptions,
  clock: Clock = backgroundClock,
): Promise<TcpListener> {
  requireObject('listener', options)
  requireCount('connectionsMax', options.connectionsMax)
  requireCount('backlog', options.backlog)
  requireDuration('handshakeTimeoutMs', options.handshakeTimeoutMs)
  if (options.tls !== undefined) checkServerTls(options.tls)
  const { backlog } = { ...TCP_LISTEN_DEFAULTS, ...givenOf(options) }
  const bound = await listen<Bound>(options, {
    transport: 'tcp',
    open: (host, port) => openBound(host, port, backlog),
    close: async (one) => closeBound(one),
  })
  return new TcpListener(bound, options, clock)
}

function openBound(host: string, port: number, backlog: number): Promise<Bound> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port, backlog, exclusive: true, ipv6Only: isIPv6(host) }, () => {
      server.off('error', reject)
      // A node keeps the program running; what outlives its ports shall not.
      server.unref()
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : port
      resolve({ host, port: taken, server })
    })
  })
}

/** The address is free at once; node's callback would wait for connections that go on. */
function closeBound({ server }: Bound): void {
  server.close()
}
