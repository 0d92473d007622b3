/**
 * ports/websocket/websocket: WebSocket connections as processes, on a path of a web listener.
 *
 * The port owns the listener, which then closes with it, or shares one that was opened before.
 * Connections end with the port. Readers are taken in turn, and each keeps its connections. Knows
 * nothing of what the messages mean.
 *
 * @source ergo-features 13 (WebSocket)
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  describeThrown,
  type Exit,
  type Pid,
  type ProcessContext,
  type Spawnable,
  type Target,
  type TraceHeaders,
} from '#contract'
import { Connections } from '#ports/connections'
import { definePort } from '#ports/definition'
import { holderOf } from '#ports/holder'
import { readersOf } from '#ports/readers'
import { keeping } from '#ports/release'
import { Seats } from '#ports/seats'
import { Totals } from '#ports/totals'
import { openWeb, type TakeUpgrade, WebListener } from '#ports/web/listener'
import { answerUpgrade, type Refusal } from '#ports/web/refusals'
import { acceptedConnection } from './accepted.js'
import type { Connection } from './connection.js'
import { handshakeOf, securityFor } from './handshake.js'
import type { WebSocketSides } from './inward.js'
import { type Accept, type Line, WebSocketLibrary } from './library.js'
import {
  type WebSocketCounters,
  type WebSocketEnd,
  type WebSocketReader,
  WebSockets,
} from './message.js'
import { mayConnect, type WebSocketHandshake } from './origin.js'
import { type CompletePort, completePort, type WebSocketPortOptions } from './port-options.js'

const FULL: Refusal = Object.freeze({ status: 503, reason: 'too many are connected' })
const FORBIDDEN: Refusal = Object.freeze({ status: 403, reason: 'this page may not connect' })
const LATE: Refusal = Object.freeze({ status: 408, reason: 'the handshake took too long' })
const STARTING: Refusal = Object.freeze({ status: 503, reason: 'the service is starting again' })

/** What is summed over connections. */
const SUMMED = {
  flow: ['receivedMessages', 'receivedBytes', 'sentMessages', 'sentBytes', 'refusedMessages'],
  left: { undeliveredMessages: 'undeliveredMessages', unsentMessages: 'queuedMessages' },
} as const

/** One handshake that is being decided. */
interface Asking {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly handshake: WebSocketHandshake
}

class State {
  readonly listener: WebListener
  readonly #context: ProcessContext
  readonly #options: CompletePort
  readonly #accept: Accept
  readonly #seats: Seats<typeof WebSocketReader>
  readonly #asking = new Set<Asking>()
  readonly #connections: Connections<Connection>
  readonly #totals = new Totals<WebSocketEnd, typeof SUMMED>(SUMMED)
  readonly #counters = {
    handshakes: 0,
    handshakesInvalid: 0,
    handshakesTooSlow: 0,
    handshakesAborted: 0,
    originsRefused: 0,
    connectionsRefused: 0,
  }
  /** Connections that were accepted and have not ended. */
  #taken = 0
  #isReleased = false
  readonly #take: TakeUpgrade = (request, socket, head) => {
    void this.#decide({ request, socket, head, handshake: handshakeOf(request) })
  }

  constructor(
    listener: WebListener,
    context: ProcessContext,
    options: CompletePort,
    library: WebSocketLibrary,
  ) {
    this.listener = listener
    this.#context = context
    this.#connections = new Connections(context, 'a WebSocket connection')
    this.#options = options
    this.#accept = library.acceptor(options.limits, options.protocols)
    const { readerTimeoutMs } = options.limits
    const readers = readersOf(options, context.parent)
    this.#seats = new Seats(readers, context, readerTimeoutMs)
    listener.attachUpgrade(this.#take, options.path, holderOf(context))
  }

  counters(): WebSocketCounters {
    const open = this.#connections.open.map((connection) => connection.counters())
    return { ...this.#counters, ...this.#totals.with(open) }
  }

  /** A reader has ended: its seat waits for the next one. */
  left(target: Target): void {
    this.#seats.left(target)
  }

  exited(exit: Exit): void {
    this.#connections.exited(exit)
  }

  /** Takes no more and ends its connections, for which there is some time. */
  async terminate(): Promise<void> {
    this.#stop()
    await this.#connections.ended(this.#options.limits.closeTimeoutMs)
    await this.release()
  }

  /** What a killed port needs too: closes what it owns. */
  async release(): Promise<void> {
    this.#stop()
    if (this.listener !== this.#options.listener) await this.listener.close()
  }

  #stop(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.listener.detachUpgrade(this.#take, this.#options.path)
    for (const asking of [...this.#asking]) this.#refuse(asking, STARTING)
    this.#connections.end()
  }

  async #decide(asking: Asking): Promise<void> {
    const counters = this.#counters
    counters.handshakes += 1
    if (this.#asking.size + this.#taken >= this.#options.connectionsMax) {
      counters.connectionsRefused += 1
      return answerUpgrade(asking.socket, FULL)
    }
    this.#asking.add(asking)
    asking.socket.once('close', () => {
      if (this.#asking.delete(asking)) counters.handshakesAborted += 1
    })
    const isWelcome = await this.#inTime(asking, this.#isWelcome(asking.handshake))
    // Otherwise it has gone, was too late, or the port has ended meanwhile.
    if (!this.#asking.has(asking)) return
    if (isWelcome) return this.#welcome(asking)
    counters.originsRefused += 1
    this.#refuse(asking, FORBIDDEN)
  }

  async #isWelcome(handshake: WebSocketHandshake): Promise<boolean> {
    try {
      return await mayConnect(this.#options.checkOrigin, handshake)
    } catch (thrown) {
      this.#context.log.error('checkOrigin failed', { problem: describeThrown(thrown) })
      return false
    }
  }

  async #inTime(asking: Asking, decided: Promise<boolean>): Promise<boolean> {
    const { handshakeTimeoutMs } = this.#options
    if (typeof this.#options.checkOrigin !== 'function') return decided
    if (!Number.isFinite(handshakeTimeoutMs)) return decided
    const timer = this.#context.after(handshakeTimeoutMs, () => {
      if (!this.#asking.has(asking)) return
      this.#counters.handshakesTooSlow += 1
      this.#refuse(asking, LATE)
    })
    return decided.finally(() => timer.cancel())
  }

  #refuse(asking: Asking, refusal: Refusal): void {
    this.#asking.delete(asking)
    answerUpgrade(asking.socket, refusal)
  }

  #welcome(asking: Asking): void {
    const { request, socket, head, handshake } = asking
    this.#asking.delete(asking)
    const line = this.#accept(request, socket, head)
    if (line === undefined) this.#counters.handshakesInvalid += 1
    else {
      this.#taken += 1
      void this.#spawn(line, { ...handshake, security: securityFor(request.socket) })
    }
  }

  async #spawn(line: Line, of: Omit<WebSocketSides, 'protocol'>): Promise<void> {
    const { url, headers, remote, security } = of
    try {
      const { limits, traceparent } = this.#options
      const { tracing } = this.#context
      const trace = tracing.incoming('handshake', headers as TraceHeaders, traceparent)
      const sides = { url, headers, remote, security, protocol: line.protocol }
      const args = [{ line, sides, limits, seat: this.#seats.next(), ...this.#hooks }] as const
      // Nobody outside shall fill the log; how each has ended is counted, and told its reader.
      const options = { link: true, logLevel: 'silent' as const, args }
      const spawn = (): Promise<Pid> => this.#context.spawn(acceptedConnection, options)
      const spawned = trace === undefined ? spawn() : trace.run(spawn)
      if (trace !== undefined)
        spawned.then(
          () => trace.end(),
          (thrown) => trace.fail(thrown),
        )
      await spawned
    } catch {
      // The port was killed a moment ago, or the node takes no more processes.
      this.#taken -= 1
      line.destroy()
    }
  }

  readonly #hooks = {
    opened: (connection: Connection, pid: Pid): void => {
      this.#connections.opened(connection, pid)
    },
    closed: (connection: Connection, end: WebSocketEnd): void => {
      this.#connections.closed(connection)
      this.#taken -= 1
      this.#totals.add(end, connection.counters())
    },
  }
}

async function init(context: ProcessContext, args: readonly unknown[]): Promise<State> {
  const options = completePort(args[0] as WebSocketPortOptions)
  readersOf(options, context.parent)
  const { listener: given } = options
  const keep = keeping(context)
  const library = await WebSocketLibrary.load()
  const listener = given instanceof WebListener ? given : await openWeb(given)
  return keep(new State(listener, context, options, library))
}

/**
 * WebSocket connections as processes. Its one argument says where, and who reads them.
 *
 * Ends with PORT_IN_USE or PORT_FAILED when it cannot open what it should own.
 *
 * @example
 * await node.spawn(webSocketPort, { args: [{ listener, path: '/chat', reader: 'room' }] })
 * // the reader: message(state, { connection, body }, context) {
 * //   context.send(connection, 'send', `you said ${body}`)
 * // }
 */
export const webSocketPort: Spawnable<typeof WebSockets, [options: WebSocketPortOptions]> =
  definePort({
    name: 'websocket',
    protocol: WebSockets,
    messages: new Map(),
    requests: new Map([['counters', (state: State) => state.counters()]]),
    // A connection that fails must not end the port it is linked to.
    options: Object.freeze({ trapExit: true }),
    init,
    terminate: (state) => state.terminate(),
    handleExit: (state, exit) => state.exited(exit),
    handleDown: (state, { target }) => state.left(target),
    inspect: (state) => ({ addresses: state.listener.addresses, ...state.counters() }),
  })
