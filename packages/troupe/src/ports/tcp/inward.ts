/**
 * ports/tcp/inward: what one connection has got and its reader has not yet.
 *
 * Cuts what comes into chunks and hands them on one by one. Knows nothing of sockets.
 * Limit: one read, and the part of a chunk before it; nothing more is read meanwhile.
 *
 * @source ergo-features 13 (TCP server)
 */
import type { Pid, ProcessContext } from '#contract'
import { Delivery } from '#ports/delivery'
import type { Listening } from '#ports/listen'
import type { Seat } from '#ports/seat'
import { ChunkDecoder, type ChunkFault } from './chunk-decoder.js'
import type { CompleteChunking } from './chunking.js'
import type { TcpConnection, TcpEnd, TcpReader, TcpSecurity } from './message.js'

/** What readers are told of the two sides. */
export interface TcpSides {
  readonly remote: Listening
  readonly local: Listening
  readonly security: TcpSecurity | undefined
}

export class Inward {
  readonly #delivery: Delivery<typeof TcpReader>
  readonly #connection: Pid<typeof TcpConnection>
  readonly #decoder: ChunkDecoder
  #sides: TcpSides | undefined
  #receivedBytes = 0
  #receivedChunks = 0
  /** Bytes of the chunk that waits for room. */
  #waitingBytes = 0

  constructor(context: ProcessContext, seat: Seat<typeof TcpReader>, chunking: CompleteChunking) {
    this.#connection = context.self as Pid<typeof TcpConnection>
    this.#decoder = new ChunkDecoder(chunking)
    this.#delivery = new Delivery(context, seat, {
      message: 'connected',
      payload: (again) => ({
        connection: this.#connection,
        ...(this.#sides as TcpSides),
        again,
      }),
    })
  }

  /** Both sides are known. */
  open(sides: TcpSides): void {
    this.#sides = sides
  }

  get counters() {
    return {
      receivedBytes: this.#receivedBytes,
      receivedChunks: this.#receivedChunks,
      undeliveredBytes: this.#decoder.pendingBytes + this.#waitingBytes,
    }
  }

  /** Why nothing that follows can be cut any more. */
  get fault(): ChunkFault | undefined {
    return this.#decoder.fault
  }

  /** True while part of a chunk waits for the rest. */
  get hasPart(): boolean {
    return this.#decoder.pendingBytes > 0
  }

  /** Bytes have come. */
  add(bytes: Uint8Array): void {
    this.#receivedBytes += bytes.length
    this.#decoder.feed(bytes)
  }

  /** Tells whoever reads of this connection, unless they know; false when nobody came in time. */
  async greet(): Promise<boolean> {
    return (await this.#delivery.greet()) !== undefined
  }

  /** Hands on what is whole while it may; false when there is nobody to hand it to. */
  async handOn(mayGoOn: () => boolean): Promise<boolean> {
    const connection = this.#connection
    while (mayGoOn()) {
      const bytes = this.#decoder.next()
      if (bytes === undefined) break
      this.#waitingBytes = bytes.length
      if (!(await this.#delivery.handOn('data', { connection, bytes }))) return false
      this.#waitingBytes = 0
      this.#receivedChunks += 1
    }
    return true
  }

  /** The last word, to whoever knew of the connection. */
  tellEnd(end: TcpEnd): Promise<void> {
    const { undeliveredBytes } = this.counters
    const connection = this.#connection
    return this.#delivery.last('disconnected', { connection, end, undeliveredBytes })
  }
}
