/**
 * ports/tcp/client: a TCP connection to somebody as a process.
 *
 * It speaks `TcpConnection`, and its reader `TcpReader`, as on the side of the server. It connects
 * after its start; what is sent meanwhile waits. It never connects again: it ends with a coded
 * reason, and its supervisor, with back-off, starts the next one.
 *
 * @source ergo-features 13 (TCP connection)
 */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure, type TLSSocket } from 'node:tls'
import {
  crashOf,
  type ProcessContext,
  requireDuration,
  requireOption,
  type Spawnable,
  TroupeError,
} from '#contract'
import { connectProblem } from '#ports/connect-problem'
import { connectionBehaviour } from '#ports/connection-process'
import { definePort } from '#ports/definition'
import { formatListening } from '#ports/listen'
import { readerOf } from '#ports/readers'
import { keeping } from '#ports/release'
import { Seat } from '#ports/seat'
import { type ClientTls, checkClientTls, clientTlsOptions } from '#ports/tls/client-tls'
import { connectedOf, securityOf } from './accept.js'
import { Connection } from './connection.js'
import { completeConnection, givenOf, type TcpConnectionOptions } from './connection-options.js'
import { TcpConnection, type TcpReaderAddress } from './message.js'

/** What a TCP client is spawned with: its one argument. */
export interface TcpClientOptions extends TcpConnectionOptions {
  /** Name or address of the machine. */
  readonly host: string
  readonly port: number
  /** Makes it TLS; default plain TCP. */
  readonly tls?: ClientTls
  /** Who reads; default the process that spawned the client, which is no supervisor. */
  readonly reader?: TcpReaderAddress
  /** Longest time to get a connection, TLS included, in milliseconds; default 5,000. */
  readonly connectTimeoutMs?: number
}

/** What the options of a TCP client leave open, beside those of a connection. */
export const TCP_CLIENT_DEFAULTS = Object.freeze({ connectTimeoutMs: 5_000 })

function init(context: ProcessContext, args: readonly unknown[]): Connection {
  const given = args[0] as TcpClientOptions
  const options = completeConnection(given)
  checkTarget(given)
  const reader = readerOf(given.reader, context.parent)
  const seat = new Seat(reader, context, options.readerTimeoutMs)
  const socket = begin(given)
  // Nobody listens yet, and an error without a listener would end the program.
  socket.on('error', () => {})
  const parts = { socket, options, seat, closed: () => {} }
  const connection = keeping(context)(new Connection(parts, context))
  follow(connection, socket, { given, context })
  return connection
}

function checkTarget({ host, port, tls, connectTimeoutMs }: TcpClientOptions): void {
  requireOption(typeof host === 'string' && host !== '', 'host', host, 'give a name or an address')
  const isPort = Number.isInteger(port) && port > 0 && port <= 65_535
  requireOption(isPort, 'port', port, 'give a whole number from 1 to 65535')
  requireDuration('connectTimeoutMs', connectTimeoutMs)
  if (tls !== undefined) checkClientTls(tls)
}

function begin({ host, port, tls }: TcpClientOptions): Socket {
  const to = { host, port, allowHalfOpen: true }
  return tls === undefined
    ? connectPlain(to)
    : connectSecure({ ...to, ...clientTlsOptions(tls, host) })
}

/** Waits until it is connected, or not. */
function follow(
  connection: Connection,
  socket: Socket,
  { given, context }: { readonly given: TcpClientOptions; readonly context: ProcessContext },
): void {
  const { host, port, tls } = given
  const { connectTimeoutMs } = { ...TCP_CLIENT_DEFAULTS, ...givenOf(given) }
  const address = formatListening({ host, port })
  const fail = (problem: string): void => {
    stopFollowing()
    const error = new TroupeError('PORT_FAILED', { transport: 'remote tcp', address, problem })
    connection.end('connect-failed', crashOf(error))
  }
  const failed = (error: Error): void => fail(connectProblem(error))
  const closed = (): void => fail('the other side closed it at once')
  const ready = (): void => {
    stopFollowing()
    const security = tls === undefined ? undefined : securityOf(socket as TLSSocket)
    const connected = connectedOf(socket, security)
    if (connected === undefined) closed()
    else connection.open({ remote: connected.remote, local: connected.local, security })
  }
  const late = (): void => fail(`no connection within ${connectTimeoutMs} ms`)
  const isLimited = Number.isFinite(connectTimeoutMs)
  const timer = isLimited ? context.after(connectTimeoutMs, late) : undefined
  const event = tls === undefined ? 'connect' : 'secureConnect'
  const stopFollowing = (): void => {
    timer?.cancel()
    socket.off('error', failed).off('close', closed).off(event, ready)
  }
  socket.once('error', failed).once('close', closed).once(event, ready)
}

/**
 * A TCP connection to somebody as a process. Its one argument says to whom.
 *
 * Ends with a crash of the code PORT_FAILED when it gets no connection; later with one of the
 * words of `TcpEnd`, `normal` when either side has closed it. So put it under a supervisor as a
 * `permanent` child with `backoff`.
 *
 * @example
 * await node.spawn(tcpClient, { args: [{ host: 'localhost', port: 9091, reader: 'desk' }] })
 */
export const tcpClient: Spawnable<typeof TcpConnection, [options: TcpClientOptions]> = definePort({
  ...connectionBehaviour(TcpConnection),
  name: 'tcp-client',
  init,
  // The seat is the client's own, so it hears itself of the end of its reader.
  handleDown: (connection, { target }) => connection.left(target),
})
