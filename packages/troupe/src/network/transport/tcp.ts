/**
 * network/transport/tcp: lines over TCP, without delay and with the system's own keep-alive.
 *
 * @source ergo-features 19 (acceptor, dial)
 */
import { createServer, connect as dialSocket, type Socket } from 'node:net'
import {
  type Line,
  type LineDialOptions,
  type LineListener,
  type LineListenOptions,
  type Transport,
  type TransportAddress,
  TroupeError,
} from '#contract'
import { closeServer, listenInRange } from './listening.js'
import { SocketLine } from './socket-line.js'

/** The system looks for dead peers after this; the session does so much sooner. */
const KEEP_ALIVE_MS = 15_000

/** The transport of plain TCP. */
export const tcpTransport: Transport = Object.freeze({
  name: 'tcp',

  async dial(address: TransportAddress, options: LineDialOptions): Promise<Line> {
    const { host, port } = address
    const settings = { host, port, noDelay: true, keepAlive: true, autoSelectFamily: true }
    const socket = dialSocket({ ...settings, keepAliveInitialDelay: KEEP_ALIVE_MS })
    await connected(socket, 'connect', `${host}:${port}`, 'tcp', options)
    return lineOf(socket)
  },

  async listen(options: LineListenOptions): Promise<LineListener> {
    const settings = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
    const server = createServer({ ...settings, pauseOnConnect: true }, (socket) =>
      options.accept(lineOf(socket)),
    )
    const port = await listenInRange(server, { ...options, transport: 'tcp' })
    server.on('error', (error) => options.refused(error.message, ''))
    const address = { transport: 'tcp', host: options.host, port, path: '' }
    return { address, close: () => closeServer(server) }
  },
})

/** Waits until a socket can be used. Rejects with PORT_FAILED, DIAL_TIMEOUT. */
export function connected(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  address: string,
  transport: string,
  { timeoutMs, signal }: LineDialOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: TroupeError): void => {
      socket.destroy()
      done()
      reject(error)
    }
    const failed = (error: Error): void =>
      fail(new TroupeError('PORT_FAILED', { transport, address, problem: error.message }, error))
    const late = (): void =>
      fail(new TroupeError('DIAL_TIMEOUT', { transport, address, timeoutMs }))
    const aborted = (): void =>
      fail(new TroupeError('PORT_FAILED', { transport, address, problem: 'the dial was aborted' }))
    const done = (): void => {
      socket.setTimeout(0)
      socket.off('error', failed)
      socket.off('timeout', late)
      signal?.removeEventListener('abort', aborted)
    }
    socket.once('error', failed)
    socket.setTimeout(timeoutMs, late)
    signal?.addEventListener('abort', aborted, { once: true })
    socket.once(event, () => {
      done()
      resolve()
    })
    if (signal?.aborted) aborted()
  })
}

function lineOf(socket: Socket): Line {
  return new SocketLine(socket, {
    transport: 'tcp',
    remote: `${socket.remoteAddress}:${socket.remotePort}`,
    local: `${socket.localAddress}:${socket.localPort}`,
    channelBinding: undefined,
  })
}
