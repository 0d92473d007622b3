/**
 * network/transport/tcp: lines over TCP.
 *
 * Without TLS: whoever sits on the way can read and change what is sent; the handshake of nodes
 * keeps strangers out, not readers. Limit: `connectionsMax` lines for each listener; what comes
 * beyond is refused and counted.
 *
 * @source Node.js "Net"; ergo-features 19 (acceptors)
 */
import { connect, createServer, type Server, type Socket, type TcpNetConnectOpts } from 'node:net'
import { type Clock, systemClock } from '#base/clock'
import type {
  Line,
  LineDialOptions,
  LineListener,
  LineListenOptions,
  Transport,
  TransportAddress,
} from '#contract'
import { accepted } from './accepted.js'
import { dialSocket } from './dial.js'
import { addressOf } from './host-port.js'
import { servePorts } from './serve.js'
import { Inlet, SocketLine } from './socket-line.js'

/** How lines are made over sockets. Times are milliseconds. */
export interface SocketOptions {
  /** Time for limits of ours; default the machine's. */
  readonly clock?: Clock
  /** Connections that may wait for the program to take them; default 1,024. */
  readonly backlog?: number
  /** Most lines of one listener at a time; default 20,000. */
  readonly connectionsMax?: number
  /** A line that is silent so long is probed by the system, every so often; default 15,000. */
  readonly keepAliveMs?: number
}

/** What the options of sockets leave open. */
export const SOCKET_DEFAULTS: Required<SocketOptions> = Object.freeze({
  clock: systemClock,
  backlog: 1_024,
  connectionsMax: 20_000,
  keepAliveMs: 15_000,
})

/** Above this `write` answers false, in bytes. */
export const WATER_BYTES = 65_536
/** One read takes so much at most, in bytes. */
export const READ_BYTES = 65_536

/**
 * A transport over TCP.
 *
 * @example const line = await tcpTransport().dial({ transport: 'tcp', host, port, path: '' }, {})
 */
export function tcpTransport(options: SocketOptions = {}): Transport {
  return new Tcp({ ...SOCKET_DEFAULTS, ...options })
}

class Tcp implements Transport {
  readonly name = 'tcp'
  readonly #options: Required<SocketOptions>
  /** All sockets read into it, one after the other: the bytes are told before the next read. */
  readonly #readBuffer = Buffer.allocUnsafeSlow(READ_BYTES)

  constructor(options: Required<SocketOptions>) {
    this.#options = options
  }

  async dial({ host, port }: TransportAddress, options: LineDialOptions): Promise<Line> {
    const { clock } = this.#options
    const address = addressOf(host, port)
    const inlet = new Inlet()
    const socket = await dialSocket(() => this.#open(host, port, inlet), {
      ...options,
      transport: this.name,
      address,
      clock,
      ready: 'connect',
    })
    return new SocketLine({ ...endsOf(socket), transport: this.name, socket, clock, inlet })
  }

  async listen(options: LineListenOptions): Promise<LineListener> {
    const { clock, backlog, keepAliveMs } = this.#options
    const server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      highWaterMark: WATER_BYTES,
      pauseOnConnect: true,
    })
    limitConnections(server, this.#options.connectionsMax, options.refused)
    server.on('connection', (given) => {
      if (turnedAway(given, options.admits)) return
      const ends = endsOf(given)
      const made = accepted(given, this.#readBuffer, WATER_BYTES)
      options.accept(new SocketLine({ ...ends, ...made, transport: this.name, clock }))
    })
    const port = await servePorts({ transport: this.name, server, backlog }, options)
    return listenerOf(server, { transport: this.name, host: options.host, port, path: '' })
  }

  #open(host: string, port: number, inlet: Inlet): Socket {
    const settings: TcpNetConnectOpts & { readonly highWaterMark: number } = {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: this.#options.keepAliveMs,
      highWaterMark: WATER_BYTES,
      onread: { buffer: this.#readBuffer, callback: inlet.take },
    }
    // Nothing is read before somebody is told of it.
    return connect(settings).pause()
  }
}

/** How an end is printed that has gone already. */
export const GONE = 'gone:0'

/** Resets a connection that its listener's user does not want, before anything is made for it. */
export function turnedAway(given: Socket, admits: LineListenOptions['admits']): boolean {
  if (admits === undefined || admits(given.remoteAddress ?? '')) return false
  given.resetAndDestroy()
  return true
}

/** Both ends as they are printed; unknown ones have gone already. */
export function endsOf(socket: Socket): { readonly remote: string; readonly local: string } {
  const { remoteAddress = 'gone', remotePort = 0, localAddress = 'gone', localPort = 0 } = socket
  return { remote: addressOf(remoteAddress, remotePort), local: addressOf(localAddress, localPort) }
}

/** Has connections above the limit dropped and told. */
export function limitConnections(
  server: Server,
  connectionsMax: number,
  refused: LineListenOptions['refused'],
): void {
  server.maxConnections = connectionsMax
  server.on('drop', (dropped) => {
    const { remoteAddress = 'unknown', remotePort = 0 } = dropped ?? {}
    refused(`all ${connectionsMax} connections are taken`, addressOf(remoteAddress, remotePort))
  })
}

/** What a listening server is to its user; `closed` is told when that user ends it. */
export function listenerOf(
  server: Server,
  address: TransportAddress,
  closed: () => void = () => {},
): LineListener {
  const close = (): Promise<void> => {
    // Node tells of the end when the last connection has ended; the port is free at once.
    server.close()
    closed()
    return Promise.resolve()
  }
  return Object.freeze({ address: Object.freeze(address), close })
}
