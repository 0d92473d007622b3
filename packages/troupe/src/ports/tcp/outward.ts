/**
 * ports/tcp/outward: what one connection sends, and how much of it may wait.
 *
 * Writes of one turn leave together. Knows nothing of processes; what waits too long is the
 * business of `Deadlines`. Limit: `writeQueueBytesMax`.
 */
import type { Socket } from 'node:net'
import type { Clock } from '#base/clock'
import { encodeChunk } from './chunking.js'
import type { CompleteConnection } from './connection-options.js'
import type { Deadlines } from './deadlines.js'

/** Called once when the kernel has taken the bytes; with false when it never will. */
export type Taken = (isSent: boolean) => void

const NOBODY: Taken = () => {}

export class Outward {
  readonly #socket: Socket
  readonly #options: CompleteConnection
  readonly #deadlines: Deadlines
  readonly #soon: Clock['soon']
  readonly counters = { sentBytes: 0, queuedBytes: 0, refusedBytes: 0 }
  #isCorked = false
  #isOver = false

  constructor(
    socket: Socket,
    options: CompleteConnection,
    { deadlines, soon }: { readonly deadlines: Deadlines; readonly soon: Clock['soon'] },
  ) {
    this.#socket = socket
    this.#options = options
    this.#deadlines = deadlines
    this.#soon = soon
  }

  /**
   * Puts one message into the queue; false when there is no room for it. Throws CHUNK_REFUSED.
   */
  send(body: Uint8Array, taken: Taken = NOBODY): boolean {
    const { chunking, framing, writeQueueBytesMax } = this.#options
    const bytes = framing === 'both' ? this.#encoded(chunking, body) : body
    const { queuedBytes } = this.counters
    // One message alone may be larger: that says nothing of how fast the other side is.
    const isFull = queuedBytes > 0 && queuedBytes + bytes.length > writeQueueBytesMax
    if (isFull || this.#isOver) {
      this.counters.refusedBytes += bytes.length
      return false
    }
    this.#write(bytes, taken, false)
    return true
  }

  keepAlive(bytes: Uint8Array): void {
    if (!this.#isOver) this.#write(bytes, NOBODY, true)
  }

  /** Takes nothing more, and tells the other side once all that waits has gone out. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#uncork()
    this.#socket.end()
  }

  #encoded(chunking: CompleteConnection['chunking'], body: Uint8Array): Uint8Array {
    try {
      return encodeChunk(chunking, body)
    } catch (refused) {
      this.counters.refusedBytes += body.length
      throw refused
    }
  }

  #write(bytes: Uint8Array, taken: Taken, isOwn: boolean): void {
    const { counters } = this
    counters.queuedBytes += bytes.length
    this.#deadlines.queued(isOwn)
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#socket.cork()
      this.#soon(() => this.#uncork())
    }
    this.#socket.write(bytes, (error) => {
      const isSent = !(error instanceof Error)
      if (isSent) {
        counters.queuedBytes -= bytes.length
        counters.sentBytes += bytes.length
        this.#deadlines.taken(counters.queuedBytes === 0)
      }
      taken(isSent)
    })
  }

  #uncork(): void {
    if (!this.#isCorked) return
    this.#isCorked = false
    this.#socket.uncork()
  }
}
