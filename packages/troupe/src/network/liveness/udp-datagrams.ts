/**
 * network/liveness/udp-datagrams: datagrams over UDP, from any free port, both families.
 *
 * A socket is opened by the first datagram of its family and does not keep the program running.
 */
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import type { DatagramAddress, Datagrams } from './datagrams.js'

type Family = 4 | 6

/** Datagrams of this machine. */
export const udpDatagrams = (): Datagrams => new UdpDatagrams()

class UdpDatagrams implements Datagrams {
  readonly #sockets = new Map<Family, Socket>()
  #taker: (bytes: Uint8Array) => void = () => {}
  #isClosed = false

  start(taker: (bytes: Uint8Array) => void): void {
    this.#taker = taker
  }

  send(bytes: Uint8Array, { host, port }: DatagramAddress): void {
    const family = isIP(host)
    if (family === 4 || family === 6) this.#send(family, bytes, { host, port })
    else
      lookup(host, (problem, address, found) => {
        if (problem === null) this.#send(found === 6 ? 6 : 4, bytes, { host: address, port })
      })
  }

  close(): void {
    this.#isClosed = true
    for (const socket of this.#sockets.values()) socket.close()
    this.#sockets.clear()
  }

  #send(family: Family, bytes: Uint8Array, { host, port }: DatagramAddress): void {
    if (this.#isClosed) return
    this.#socketOf(family).send(bytes, port, host, () => {})
  }

  #socketOf(family: Family): Socket {
    const open = this.#sockets.get(family)
    if (open !== undefined) return open
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    this.#sockets.set(family, socket)
    socket.on('message', (bytes) => this.#taker(bytes))
    socket.on('error', () => this.#drop(family, socket))
    socket.unref()
    return socket
  }

  /** The next datagram opens another one. */
  #drop(family: Family, socket: Socket): void {
    if (this.#sockets.get(family) === socket) this.#sockets.delete(family)
    socket.close()
  }
}
