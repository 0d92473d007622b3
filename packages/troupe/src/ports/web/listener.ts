/**
 * ports/web/listener: open HTTP servers, shared by the ports that have a path on them.
 *
 * It is no process: it may outlive the ports that answer, so that clients keep their connections
 * while a port is restarted; what comes for its path meanwhile gets 503.
 * Limits: headers, connections, and how long a client may take for each step.
 *
 * @source ergo-features 13 (web server); Node.js "HTTP", server options
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { backgroundClock, type Clock, keepAlive } from '#base/clock'
import { type Holder, requireOpen } from '#ports/holder'
import { type Listening, listen } from '#ports/listen'
import { followCertificates, type SecureServer, type ServerTls } from '#ports/tls/server-tls'
import { continueWhenRead } from './expectation.js'
import { faultOf } from './faults.js'
import { isIgnorable, responseOn } from './ignored-upgrade.js'
import {
  checkedLimits,
  type WebLimits,
  type WebListenCounters,
  type WebListenOptions,
} from './listen-options.js'
import { type Claim, type Mount, Mounts } from './mounts.js'
import { lingerAtEnd } from './parting.js'
import { answerShortly, answerUpgrade, clientErrorOf, refuseClient } from './refusals.js'
import { type Bound, closeBound, openBound } from './server.js'

/** Answers one exchange. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => void

/** Takes a connection over that is to speak something else; `head` is what was read too far. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** The answer that is under way on a connection, for those who find it stalled. */
const current: unique symbol = Symbol('troupe.web.current')
type Connection = Duplex & { [current]?: ServerResponse; setTimeout?(timeoutMs: number): unknown }

const STARTING = Object.freeze({ status: 503, reason: 'the service is starting again' })
const UNKNOWN = Object.freeze({ status: 404, reason: 'there is nothing at this path' })
const UPGRADE = Object.freeze({
  status: 426,
  reason: 'this path speaks WebSocket only',
  upgrade: 'websocket',
})
const NO_EXPECTATION = Object.freeze({ status: 417, reason: 'only 100-continue is known' })
const NO_PROXY = Object.freeze({ status: 405, reason: 'this is no proxy' })
const FAILED = Object.freeze({ status: 502, reason: 'the handler failed' })
const HEADERS = Object.freeze({ status: 431, reason: 'there are too many headers' })

/** Open HTTP servers on one port; made by `openWeb`, and closed by whoever made it. */
export class WebListener {
  readonly #bound: readonly Bound[]
  readonly #clock: Clock
  readonly #limits: WebLimits
  readonly #counters = {
    connections: 0,
    connectionsOpen: 0,
    connectionsRefused: 0,
    connectionsIdle: 0,
    connectionsStalled: 0,
    connectionsLingering: 0,
    handshakesFailed: 0,
    requests: 0,
    unserved: 0,
    unmounted: 0,
    upgrades: 0,
    upgradesRefused: 0,
    headersTooLarge: 0,
    tooSlow: 0,
    malformed: 0,
  }
  readonly #serves = new Mounts<Serve>()
  readonly #takes = new Mounts<TakeUpgrade>()
  /** Node forgets a connection that was upgraded; we may not. */
  readonly #upgraded = new Set<Duplex>()

  readonly #unfollow: (() => void) | undefined
  #isOpen = true

  constructor(
    bound: readonly Bound[],
    limits: WebLimits,
    clock: Clock,
    tls: ServerTls | undefined,
  ) {
    this.#bound = bound
    this.#limits = limits
    this.#clock = clock
    const servers = bound.map(({ server }) => server as Server & SecureServer)
    this.#unfollow = tls && followCertificates(tls, servers)
    for (const { server } of bound) {
      this.#listenTo(server)
      this.#watchConnections(server)
    }
  }

  get addresses(): readonly Listening[] {
    return this.#bound.map(({ host, port }) => ({ host, port }))
  }

  /** The port number, which all addresses share. */
  get port(): number {
    return this.#bound[0]?.port ?? 0
  }

  counters(): WebListenCounters {
    const { headersTooLarge, tooSlow, malformed } = this.#counters
    return { ...this.#counters, clientErrors: headersTooLarge + tooSlow + malformed }
  }

  /**
   * Hands requests for this path, and all below it, to this server from now on, in place of the
   * one before. The longest path that fits has the request; it is not shortened. OPTION_INVALID,
   * PORT_FAILED when it is closed, PORT_IN_USE when another `holder` has the path and lives.
   *
   * @example listener.attach(serve, '/events')
   */
  attach(serve: Serve, path = '/', holder?: Holder): void {
    this.#serves.attach(serve, path, this.#claim(path, holder))
  }

  /**
   * Ends the serving of this one; nothing happens when another one serves by now. The path stays
   * reserved: what comes for it gets 503 until somebody attaches again.
   */
  detach(serve: Serve, path = '/'): void {
    this.#serves.detach(serve, path)
  }

  /** Like `attach`, for connections that are to speak something else, such as WebSocket. */
  attachUpgrade(take: TakeUpgrade, path = '/', holder?: Holder): void {
    this.#takes.attach(take, path, this.#claim(path, holder))
  }

  /** Like `detach`; connections that were taken over stay with whoever has them. */
  detachUpgrade(take: TakeUpgrade, path = '/'): void {
    this.#takes.detach(take, path)
  }

  /** True when it speaks HTTPS. */
  get isSecure(): boolean {
    return this.#unfollow !== undefined
  }

  /** Takes no more connections, lets running requests end, then closes what is left. */
  async close(): Promise<void> {
    this.#isOpen = false
    this.#unfollow?.()
    const release = keepAlive()
    const closed = Promise.all(this.#bound.map(closeBound))
    for (const { server } of this.#bound) server.closeIdleConnections()
    const cancel = this.#clock.after(this.#limits.closeTimeoutMs, () => {
      for (const { server } of this.#bound) server.closeAllConnections()
      for (const socket of this.#upgraded) socket.destroy()
    })
    await closed
    cancel()
    release()
  }

  #claim(path: string, holder: Holder | undefined): Claim {
    const { addresses } = this
    requireOpen(this.#isOpen, { transport: 'tcp', addresses, path })
    return { holder, addresses }
  }

  #listenTo(server: Bound['server']): void {
    const counters = this.#counters
    server.on('request', (request, response) => this.#request(request, response))
    server.on('checkContinue', (request, response) => {
      continueWhenRead(request, response)
      this.#request(request, response)
    })
    server.on('checkExpectation', (request, response) => {
      this.#arrived(request, response)
      counters.malformed += 1
      answerShortly(response, NO_EXPECTATION)
    })
    server.on('upgrade', (request, socket, head) => {
      this.#keep(socket)
      if (isIgnorable(request)) this.#request(request, responseOn(request, socket))
      else this.#upgrade(request, socket, head)
    })
    server.on('connect', (_request, socket) => {
      this.#keep(socket)
      counters.upgradesRefused += 1
      answerUpgrade(socket, NO_PROXY)
    })
    server.on('timeout', (socket) => this.#quiet(socket))
    server.on('clientError', (error, socket) => {
      const kind = clientErrorOf(error)
      const sent = (socket as Connection)[current]
      if (kind === undefined) socket.destroy()
      else if (refuseClient(kind, socket, sent)) counters[kind] += 1
    })
  }

  #watchConnections(server: Bound['server']): void {
    const counters = this.#counters
    server.on('connection', (socket) => {
      counters.connections += 1
      counters.connectionsOpen += 1
      socket.unref()
      socket.once('close', () => {
        counters.connectionsOpen -= 1
      })
    })
    server.on(this.isSecure ? 'secureConnection' : 'connection', (socket: Duplex) => {
      lingerAtEnd(socket, this.#limits, this.#clock, () => {
        counters.connectionsLingering += 1
      })
    })
    server.on('tlsClientError', (_error: Error, socket: Duplex) => {
      counters.handshakesFailed += 1
      socket.destroy()
    })
    server.on('drop', () => {
      counters.connectionsRefused += 1
    })
  }

  /** Every request has to pass here: what is quiet afterwards is idle or stalled. */
  #arrived(request: IncomingMessage, response: ServerResponse): void {
    this.#counters.requests += 1
    ;(request.socket as Connection)[current] = response
    if (response.socket === null) tellEnd(request, response)
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const counters = this.#counters
    this.#arrived(request, response)
    if (request.rawHeaders.length > this.#limits.headersMax * 2) {
      counters.headersTooLarge += 1
      answerShortly(response, HEADERS)
      return
    }
    const fault = faultOf(request)
    if (fault !== undefined) {
      counters.malformed += 1
      answerShortly(response, fault)
      return
    }
    const mount = this.#serves.find(request.url ?? '/')
    if (mount?.taker === undefined) this.#nobody(request, response, mount)
    else guarded(mount.taker, request, response)
  }

  /** Reserved, or nothing attached yet: come again. Other paths only: there is no such thing. */
  #nobody(
    { url = '/' }: IncomingMessage,
    response: ServerResponse,
    mount: Mount<Serve> | undefined,
  ): void {
    const isKnown = mount !== undefined || (this.#serves.isEmpty && this.#takes.isEmpty)
    this.#counters[isKnown ? 'unserved' : 'unmounted'] += 1
    if (isKnown) answerShortly(response, STARTING)
    else answerShortly(response, this.#takes.find(url) === undefined ? UNKNOWN : UPGRADE)
  }

  /** Node has taken its listeners and watches away; an error without any would end the program. */
  #keep(socket: Connection): void {
    socket.on('error', () => socket.destroy())
    socket.setTimeout?.(0)
    this.#upgraded.add(socket)
    socket.once('close', () => this.#upgraded.delete(socket))
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fault = faultOf(request)
    if (fault !== undefined) {
      this.#counters.upgradesRefused += 1
      answerUpgrade(socket, fault)
      return
    }
    const mount = this.#takes.find(request.url ?? '/')
    if (mount?.taker === undefined) {
      this.#counters.upgradesRefused += 1
      answerUpgrade(socket, mount === undefined ? UNKNOWN : STARTING)
      return
    }
    this.#counters.upgrades += 1
    try {
      mount.taker(request, socket, head)
    } catch {
      // The port that takes it is at fault; the listener serves the others.
      answerUpgrade(socket, FAILED)
    }
  }

  /** Nothing went either way for a while; Node leaves it to us what that means. */
  #quiet(socket: Connection): void {
    const response = socket[current]
    // Before the first request the time limit for headers holds, which answers 408.
    if (response === undefined) return
    if (response.writableFinished || response.destroyed) {
      this.#counters.connectionsIdle += 1
      socket.destroy()
    } else if (socket.writableLength > 0) {
      this.#counters.connectionsStalled += 1
      socket.destroy()
    }
  }
}

/**
 * A client may ask again before it has its answer; the second one waits without a connection, and
 * of its end, should the connection break, Node tells nobody.
 */
function tellEnd({ socket }: IncomingMessage, response: ServerResponse): void {
  socket.setMaxListeners(0)
  const closed = (): void => void response.emit('close')
  socket.once('close', closed)
  response.once('close', () => socket.off('close', closed))
}

function guarded(serve: Serve, request: IncomingMessage, response: ServerResponse): void {
  try {
    serve(request, response)
  } catch {
    // The port that serves it is at fault; the listener serves the others.
    if (response.headersSent) response.destroy()
    else answerShortly(response, FAILED)
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
  clock: Clock = backgroundClock,
): Promise<WebListener> {
  const limits = checkedLimits(options)
  const bound = await listen<Bound>(options, {
    transport: 'tcp',
    open: (host, port) => openBound(host, port, limits, options.tls),
    close: closeBound,
  })
  return new WebListener(bound, limits, clock, options.tls)
}
