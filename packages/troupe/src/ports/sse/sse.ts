/**
 * ports/sse/sse: server-sent events as processes: one for each client, which anybody may push to.
 *
 * The port takes a path of a web listener, which it owns or shares. It tells a reader who comes
 * and goes; the reader may be restarted without a client noticing.
 * Limits: `connectionsMax` clients (503), and those of each connection.
 *
 * @source ergo-features 13 (SSE); WHATWG HTML, 9.2
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Address,
  type Down,
  type Pid,
  type ProcessContext,
  protocol,
  request,
  type Spawnable,
} from '#contract'
import { definePort } from '#ports/definition'
import { holderOf } from '#ports/holder'
import { readersOf } from '#ports/readers'
import { keeping } from '#ports/release'
import type { Seat } from '#ports/seat'
import { Seats } from '#ports/seats'
import { Totals } from '#ports/totals'
import { openWeb, type Serve, WebListener } from '#ports/web/listener'
import { answerShortly } from '#ports/web/refusals'
import { type SseConnectionParts, type SseCounted, sseConnection } from './connection.js'
import type { SseDisconnected, SseEnd, SseReader } from './message.js'
import {
  type CompleteSse,
  completeSse,
  type SseCounters,
  type SsePortOptions,
} from './port-options.js'

/** What an SSE port understands. */
export const Sse = protocol('sse', { counters: request<void, SseCounters>() })

/** What is summed over connections. */
const SUMMED = {
  flow: ['events', 'heartbeats', 'sentBytes', 'refused'],
  left: { unsentBytes: 'queuedBytes' },
} as const

const GET_ONLY = Object.freeze({ status: 405, reason: 'events are read with GET' })
const FULL = Object.freeze({ status: 503, reason: 'too many clients are connected' })
const ENDING = Object.freeze({ status: 503, reason: 'the service is starting again' })

class State {
  readonly listener: WebListener
  readonly #context: ProcessContext
  readonly #options: CompleteSse
  readonly #isBorrowed: boolean
  readonly #seats: Seats<typeof SseReader>
  readonly #pids = new Set<Pid>()
  readonly #open = new Set<SseCounted>()
  readonly #totals = new Totals<SseEnd, typeof SUMMED>(SUMMED)
  readonly #counters = {
    requests: 0,
    methodRefused: 0,
    connectionsRefused: 0,
  }
  /** Clients that have left before their reader had room to hear of them. */
  #unheard = 0
  #isOver = false
  readonly #serve: Serve = (incoming, response) => this.#request(incoming, response)

  constructor(listener: WebListener, context: ProcessContext, options: CompleteSse) {
    this.listener = listener
    this.#context = context
    this.#options = options
    this.#isBorrowed = listener === options.listener
    const { readerTimeoutMs } = options
    const readers = readersOf(options, context.parent)
    this.#seats = new Seats(readers, context, readerTimeoutMs)
    listener.attach(this.#serve, options.path, holderOf(context))
  }

  counters(): SseCounters {
    const open = [...this.#open].map((connection) => connection.counters())
    return { ...this.#counters, ...this.#totals.with(open) }
  }

  /** A process that this one watches has ended. */
  left({ target }: Down): void {
    this.#seats.left(target)
  }

  /** Takes no more clients, ends those that are there, and closes what the port owns. */
  async terminate(): Promise<void> {
    this.#stop()
    for (const pid of this.#pids) this.#context.exit(pid, 'shutdown')
    await this.release()
  }

  /** What a killed port needs too: its clients see for themselves that it has ended. */
  async release(): Promise<void> {
    this.#stop()
    if (!this.#isBorrowed) await this.listener.close()
  }

  #stop(): void {
    this.#isOver = true
    this.listener.detach(this.#serve, this.#options.path)
  }

  #request(incoming: IncomingMessage, response: ServerResponse): void {
    const counters = this.#counters
    counters.requests += 1
    if (incoming.method !== 'GET') {
      counters.methodRefused += 1
      response.setHeader('allow', 'GET')
      answerShortly(response, GET_ONLY)
    } else if (this.#pids.size + this.#unheard >= this.#options.connectionsMax) {
      counters.connectionsRefused += 1
      answerShortly(response, FULL)
    } else void this.#spawn(incoming, response)
  }

  async #spawn(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const seat = this.#seats.next()
    let pid: Pid | undefined
    let isClosed = false
    const parts: SseConnectionParts = {
      incoming,
      response,
      options: this.#options,
      seat,
      opened: (connection) => void this.#open.add(connection),
      closed: (connection, end, isTold) => {
        isClosed = true
        if (pid !== undefined) this.#pids.delete(pid)
        this.#closed(connection, end, isTold ? undefined : seat)
      },
    }
    try {
      const spawned = this.#context.spawn(sseConnection, { args: [parts] })
      pid = await spawned
      if (!isClosed) this.#pids.add(pid)
      // Whoever ends meanwhile has told the others only.
      if (this.#isOver) this.#context.exit(pid, 'shutdown')
    } catch {
      // This port was killed a moment ago, or the node stops.
      if (!response.headersSent && !response.destroyed) answerShortly(response, ENDING)
    }
  }

  #closed(
    connection: SseCounted,
    told: SseDisconnected,
    seat: Seat<typeof SseReader> | undefined,
  ): void {
    this.#open.delete(connection)
    this.#totals.add(told.end, connection.counters())
    if (seat === undefined || this.#isOver) return
    // It was killed, or not even its beginning was heard: the port says what it can say no more.
    const reader = seat.now()
    if (reader !== undefined) void this.#tell(reader, told)
  }

  /** Waits behind what was told before; meanwhile it takes a place of `connectionsMax`. */
  async #tell(reader: Address<typeof SseReader>, told: SseDisconnected): Promise<void> {
    this.#unheard += 1
    try {
      await this.#context.sendWhenRoom(reader, 'disconnected', told)
    } catch {
      // Revoked: this port was killed a moment ago.
    }
    this.#unheard -= 1
  }
}

async function init(context: ProcessContext, args: readonly unknown[]): Promise<State> {
  const options = completeSse(args[0] as SsePortOptions)
  readersOf(options, context.parent)
  const { listener: given } = options
  const keep = keeping(context)
  const listener = given instanceof WebListener ? given : await openWeb(given)
  return keep(new State(listener, context, options))
}

/**
 * Server-sent events as a process. Its one argument says where, and who is told of the clients.
 *
 * Ends with PORT_IN_USE or PORT_FAILED when it cannot open what it should own.
 *
 * @example
 * await node.spawn(ssePort, { args: [{ listener, path: '/events', reader: 'feed' }] })
 * // the reader: connected(state, { connection }, context) {
 * //   context.send(connection, 'send', { event: 'price', data: '42' })
 * // }
 */
export const ssePort: Spawnable<typeof Sse, [options: SsePortOptions]> = definePort({
  name: 'sse',
  protocol: Sse,
  messages: new Map(),
  requests: new Map([['counters', (state: State) => state.counters()]]),
  options: Object.freeze({}),
  init,
  terminate: (state) => state.terminate(),
  handleDown: (state, down) => state.left(down),
  inspect: (state) => ({ addresses: state.listener.addresses, ...state.counters() }),
})
