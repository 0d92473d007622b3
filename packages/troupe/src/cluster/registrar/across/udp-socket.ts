/**
 * cluster/registrar/across/udp-socket: the socket on which hosts speak, and the names of hosts as
 * the machine knows them.
 *
 * An open socket does not keep the program running. One that takes IPv6 takes IPv4 as well.
 */
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { TroupeError } from '#contract/errors'
import { type AcrossDatagrams, type Place, plainHost, printedPlace } from './place.js'

/** What came while nobody could look: with the kernel's own much would be lost at once. */
const RECEIVE_BYTES = 1_048_576

/** A socket, and where it listens. */
export interface UdpSocket extends AcrossDatagrams {
  readonly address: Place
}

/** Settles when it listens; rejects with PORT_IN_USE or PORT_FAILED. */
export async function openUdp({ host, port }: Place): Promise<UdpSocket> {
  const isSix = isIP(host) === 6
  const socket = createSocket(isSix ? 'udp6' : 'udp4')
  socket.unref()
  await new Promise<void>((resolve, reject) => {
    socket.once('listening', resolve)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close()
      reject(portError(error, printedPlace({ host, port })))
    })
    socket.bind({ address: host, port, exclusive: true })
  })
  socket.removeAllListeners('error')
  // What cannot be sent is lost, like a datagram on its way.
  socket.on('error', () => {})
  trySetReceiveBuffer(() => socket.setRecvBufferSize(RECEIVE_BYTES))
  return new OpenUdp(socket, isSix)
}

class OpenUdp implements UdpSocket {
  readonly address: Place
  readonly #socket: Socket
  readonly #isSix: boolean
  #isClosed = false
  /** Datagrams that have not left yet. */
  #leaving = 0

  constructor(socket: Socket, isSix: boolean) {
    const { address: host, port } = socket.address()
    this.address = { host, port }
    this.#socket = socket
    this.#isSix = isSix
  }

  start(taker: (bytes: Uint8Array, from: Place) => void): void {
    this.#socket.on('message', (bytes, { address, port }) => {
      // Nobody listens at port 0, and nothing can be sent there: whoever writes it means harm.
      if (port !== 0) taker(bytes, { host: plainHost(address), port })
    })
  }

  send(bytes: Uint8Array, { host, port }: Place): void {
    if (this.#isClosed || (isIP(host) === 6 && !this.#isSix)) return
    const isMapped = this.#isSix && isIP(host) === 4
    this.#leaving += 1
    try {
      this.#socket.send(bytes, port, isMapped ? `::ffff:${host}` : host, this.#left)
    } catch {
      // A port that is none, or a socket that is gone: lost, like a datagram on its way.
      this.#left()
    }
  }

  /** What was sent before leaves first: a farewell is sent, and then nothing more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#leaving === 0) this.#socket.close()
  }

  readonly #left = (): void => {
    this.#leaving -= 1
    if (this.#isClosed && this.#leaving === 0) this.#socket.close()
  }
}

/** The addresses of a name, as the machine finds them; rejects when there are none. */
export const lookupHost = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address)

function portError(error: NodeJS.ErrnoException, address: string): TroupeError {
  const detail = { transport: 'udp', address }
  if (error.code === 'EADDRINUSE') return new TroupeError('PORT_IN_USE', detail)
  return new TroupeError('PORT_FAILED', { ...detail, problem: error.message })
}

/** A system may allow less; then that is what there is. */
function trySetReceiveBuffer(set: () => void): void {
  try {
    set()
  } catch {}
}
