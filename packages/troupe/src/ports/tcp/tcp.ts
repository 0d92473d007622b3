/**
 * ports/tcp/tcp: a TCP server as a process; each connection is a process of its own.
 *
 * The port either owns its listener, which then closes with it, or serves one that was opened
 * before and outlives it. Connections end with the port. Readers are taken in turn, and each
 * keeps its connections. Knows nothing of what the bytes mean.
 *
 * @source ergo-features 13 (TCP server)
 */
import type { Exit, Pid, ProcessContext, Spawnable, Target } from '#contract'
import { Connections } from '#ports/connections'
import { definePort } from '#ports/definition'
import { holderOf } from '#ports/holder'
import type { Unopened } from '#ports/listen'
import { readersOf } from '#ports/readers'
import { keeping } from '#ports/release'
import { Seats } from '#ports/seats'
import { acceptedConnection } from './accepted.js'
import type { Connection, TcpAccepted } from './connection.js'
import { completeConnection, type TcpConnectionOptions } from './connection-options.js'
import { openTcp, TcpListener, type TcpListenOptions } from './listener.js'
import {
  Tcp,
  type TcpCounters,
  type TcpEnd,
  type TcpReader,
  type TcpReaderAddress,
} from './message.js'

/** What a TCP server port is spawned with: its one argument. */
export interface TcpPortOptions extends TcpConnectionOptions {
  /** A listener to open and to own, or one that was opened before and outlives the port. */
  readonly listener: Unopened<TcpListenOptions> | TcpListener
  /** Who reads the connections; default the process that spawned the port. */
  readonly reader?: TcpReaderAddress
  /** Several readers instead of one: taken in turn, each keeps the connections it got. */
  readonly readers?: readonly TcpReaderAddress[]
}

class State {
  readonly listener: TcpListener
  readonly #context: ProcessContext
  readonly #options: TcpPortOptions
  readonly #limits: ReturnType<typeof completeConnection>
  readonly #seats: Seats<typeof TcpReader>
  readonly #connections: Connections<Connection>
  #isReleased = false
  readonly #serve = (connected: TcpAccepted): void => void this.#take(connected)

  constructor(listener: TcpListener, context: ProcessContext, options: TcpPortOptions) {
    this.listener = listener
    this.#context = context
    this.#connections = new Connections(context, 'a TCP connection')
    this.#options = options
    this.#limits = completeConnection(options)
    const { readerTimeoutMs } = this.#limits
    const readers = readersOf(options, context.parent)
    this.#seats = new Seats(readers, context, readerTimeoutMs)
    listener.attach(this.#serve, holderOf(context))
  }

  counters(): TcpCounters {
    return this.listener.counters()
  }

  /** A reader has ended: its seat waits for the next one. */
  left(target: Target): void {
    this.#seats.left(target)
  }

  exited(exit: Exit): void {
    this.#connections.exited(exit)
  }

  /** Stops serving and ends its connections, for which there is some time. */
  async terminate(): Promise<void> {
    this.release()
    await this.#connections.ended(this.#limits.closeTimeoutMs)
  }

  /** Stops serving, closes what the port owns, and ends its connections; runs once. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.listener.detach(this.#serve)
    if (this.listener !== this.#options.listener) void this.listener.close()
    this.#connections.end()
  }

  async #take({ socket, ...sides }: TcpAccepted): Promise<void> {
    try {
      await this.#context.spawn(acceptedConnection, {
        link: true,
        // Nobody outside shall fill the log; how each has ended is counted, and told its reader.
        logLevel: 'silent',
        args: [{ socket, sides, options: this.#limits, seat: this.#seats.next(), ...this.#hooks }],
      })
    } catch {
      // The port was killed a moment ago.
      this.listener.lose(socket)
    }
  }

  readonly #hooks = {
    opened: (connection: Connection, pid: Pid): void => {
      this.#connections.opened(connection, pid)
      this.listener.opened(connection)
    },
    closed: (connection: Connection, end: TcpEnd): void => {
      this.#connections.closed(connection)
      this.listener.closed(connection, end)
    },
  }
}

async function init(context: ProcessContext, args: readonly unknown[]): Promise<State> {
  const options = args[0] as TcpPortOptions
  const keep = keeping(context)
  completeConnection(options)
  readersOf(options, context.parent)
  const { listener: given } = options
  const listener = given instanceof TcpListener ? given : await openTcp(given)
  return keep(new State(listener, context, options))
}

/**
 * A TCP server as a process. Its one argument says where to listen, how to cut what comes, and
 * who reads it.
 *
 * Ends with PORT_IN_USE or PORT_FAILED when it cannot open what it should own.
 *
 * @example
 * await node.spawn(tcpPort, {
 *   name: 'tcp',
 *   args: [{ listener: { port: 9091 }, chunking: LINES, reader: 'echo' }],
 * })
 */
export const tcpPort: Spawnable<typeof Tcp, [options: TcpPortOptions]> = definePort({
  name: 'tcp',
  protocol: Tcp,
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
