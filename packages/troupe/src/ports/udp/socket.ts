/**
 * ports/udp/socket: open UDP sockets and their counters; what a UDP port reads from.
 *
 * It is no process: it may outlive the port that reads it, so that a killed port costs no
 * packet that the kernel still holds and the kernel's own count goes on. Datagrams that come
 * while nobody reads are counted as unread.
 * Limits: `datagramBytesMax` for what comes in, `sendQueueBytesMax` for what goes out.
 *
 * @source ergo-features 13 (UDP server)
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIP, isIPv6 } from 'node:net'
import { requireOption } from '#contract'
import { type Holder, requireFree, requireOpen } from '#ports/holder'
import { type Listening, type ListenOptions, listen } from '#ports/listen'
import { kernelDrops } from './kernel-drops.js'

/** Where UDP sockets open, and their limits. */
export interface UdpOptions extends ListenOptions {
  /**
   * Bytes of receive buffer to ask the kernel for; default what the kernel gives. Linux grants
   * no more than `net.core.rmem_max`; see `receiveBufferBytes` for what was granted.
   */
  readonly receiveBufferBytes?: number
  /** The largest datagram that is handed on, in bytes; larger ones are counted; default 65,507. */
  readonly datagramBytesMax?: number
  /** Bytes that may wait to be sent; beyond it a send is refused and counted; default 1 MiB. */
  readonly sendQueueBytesMax?: number
}

/** What the options of a UDP socket leave open. */
export const UDP_DEFAULTS = Object.freeze({
  datagramBytesMax: 65_507,
  sendQueueBytesMax: 1_048_576,
})

/** Counted since the sockets were opened. */
export interface UdpCounters {
  /** Datagrams the kernel gave us: handed on, oversize or unread. */
  readonly received: number
  readonly receivedBytes: number
  /** Above `datagramBytesMax`. */
  readonly oversize: number
  /** Came while nobody read, or the reader could not take it. */
  readonly unread: number
  /** Datagrams the kernel took from us. */
  readonly sent: number
  /** Refused by the kernel, or by the limit of the send queue. */
  readonly sendFailed: number
  /** Errors the sockets told; they go on. */
  readonly errors: number
}

/** Where a datagram comes from or goes to. */
export interface Peer {
  readonly address: string
  readonly port: number
}

/** Takes each datagram, or answers false; `sequence` counts all that came in, from 1. */
export type TakeDatagram = (bytes: Uint8Array, from: Peer, sequence: number) => boolean

/** One bound socket. */
interface Bound extends Listening {
  readonly socket: Socket
}

/** True for a numeric address and a port one can send to; a name would have to be looked up. */
export const isPeer = ({ address, port }: Peer): boolean =>
  isIP(address) !== 0 && Number.isInteger(port) && port > 0 && port <= 65_535

/** Open UDP sockets on one port; made by `openUdp`, and closed by whoever made them. */
export class UdpSocket {
  readonly #bound: readonly Bound[]
  readonly #datagramBytesMax: number
  readonly #sendQueueBytesMax: number
  readonly #counters = {
    received: 0,
    receivedBytes: 0,
    oversize: 0,
    unread: 0,
    sent: 0,
    sendFailed: 0,
    errors: 0,
  }
  #take: TakeDatagram | undefined
  #holder: Holder | undefined
  #drops: number | 'unknown' = 'unknown'
  #isOpen = true

  constructor(bound: readonly Bound[], options: UdpOptions) {
    const { datagramBytesMax, sendQueueBytesMax } = { ...UDP_DEFAULTS, ...options }
    this.#bound = bound
    this.#datagramBytesMax = datagramBytesMax
    this.#sendQueueBytesMax = sendQueueBytesMax
    for (const { socket } of bound) {
      socket.on('message', (bytes, from) => this.#received(bytes, from))
      // The kernel may tell that some earlier datagram was not delivered; the socket goes on.
      socket.on('error', () => {
        this.#counters.errors += 1
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

  /** Bytes of receive buffer the kernel granted, of the smallest socket. */
  get receiveBufferBytes(): number {
    if (!this.#isOpen) return 0
    return Math.min(...this.#bound.map(({ socket }) => socket.getRecvBufferSize()))
  }

  counters(): UdpCounters {
    return { ...this.#counters }
  }

  /** Datagrams the kernel dropped for want of buffer; the last known figure once closed. */
  async kernelDrops(): Promise<number | 'unknown'> {
    if (this.#isOpen) this.#drops = await kernelDrops(this.addresses)
    return this.#drops
  }

  /**
   * Hands datagrams to this reader from now on. PORT_FAILED when it is closed, PORT_IN_USE when
   * another `holder` has it and lives.
   */
  attach(take: TakeDatagram, holder?: Holder): void {
    const place = { transport: 'udp', addresses: this.addresses, path: '' }
    requireOpen(this.#isOpen, place)
    requireFree(this.#holder, holder, place)
    this.#holder = holder
    this.#take = take
  }

  /** Ends the reading of this reader; nothing happens when another one reads by now. */
  detach(take: TakeDatagram): void {
    if (this.#take !== take) return
    this.#take = undefined
    this.#holder = undefined
  }

  /**
   * Sends one datagram to a numeric address; false when it was refused at once, which is also
   * counted: no such address or port, too much waiting, closed.
   */
  send(bytes: Uint8Array, to: Peer): boolean {
    const socket = isPeer(to) ? this.#socketFor(to) : undefined
    const waiting = socket?.getSendQueueSize() ?? 0
    if (socket === undefined || waiting + bytes.length > this.#sendQueueBytesMax) {
      this.#counters.sendFailed += 1
      return false
    }
    socket.send(bytes, to.port, to.address, (error) => {
      if (error instanceof Error) this.#counters.sendFailed += 1
      else this.#counters.sent += 1
    })
    return true
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    await this.kernelDrops()
    this.#isOpen = false
    this.#take = undefined
    await Promise.all(this.#bound.map(closeBound))
  }

  #socketFor(to: Peer): Socket | undefined {
    if (!this.#isOpen) return undefined
    return this.#bound.find(({ host }) => isIPv6(host) === isIPv6(to.address))?.socket
  }

  #received(bytes: Uint8Array, from: RemoteInfo): void {
    const counters = this.#counters
    counters.received += 1
    counters.receivedBytes += bytes.length
    if (bytes.length > this.#datagramBytesMax) counters.oversize += 1
    else if (this.#take?.(bytes, from, counters.received) !== true) counters.unread += 1
  }
}

/**
 * Opens UDP sockets on one port of this machine.
 *
 * Rejects with PORT_IN_USE, PORT_FAILED, OPTION_INVALID. When a port process should own its
 * socket, give the options to the port instead.
 *
 * @example const socket = await openUdp({ port: 9092, receiveBufferBytes: 4_194_304 })
 */
export async function openUdp(options: UdpOptions): Promise<UdpSocket> {
  for (const name of ['receiveBufferBytes', 'datagramBytesMax', 'sendQueueBytesMax'] as const) {
    const value = options[name]
    const isBytes = value === undefined || (Number.isSafeInteger(value) && value > 0)
    requireOption(isBytes, name, value, 'give a whole number of bytes above 0')
  }
  const bound = await listen<Bound>(options, {
    transport: 'udp',
    open: (host, port) => openBound(host, port, options.receiveBufferBytes),
    close: closeBound,
  })
  return new UdpSocket(bound, options)
}

function openBound(host: string, port: number, recvBufferSize?: number): Promise<Bound> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: isIPv6(host) ? 'udp6' : 'udp4',
      ...(isIPv6(host) ? { ipv6Only: true } : {}),
      ...(recvBufferSize === undefined ? {} : { recvBufferSize }),
    })
    const refuse = (error: Error): void => {
      socket.close()
      reject(error)
    }
    socket.once('error', refuse)
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', refuse)
      // A node keeps the program running; what outlives its ports shall not.
      socket.unref()
      resolve({ host, port: socket.address().port, socket })
    })
  })
}

function closeBound({ socket }: Bound): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}
