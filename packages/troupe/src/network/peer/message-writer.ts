/**
 * network/peer/message-writer: one message into the session: whole, compressed, in pieces, or not.
 *
 * A message that cannot be encoded leaves no trace. One that is large is encoded apart, where
 * nothing large is copied, and leaves in pieces.
 */
import { type Address, formatTarget, type SendFailure, TroupeError } from '#contract'
import { Encoder, type Rope } from '#network/codec/encoder'
import { MESSAGE_HEAD_BYTES, type Outgoing } from '#network/session/outgoing'
import { COMPRESSED_BYTES_MAX, CompressionCount, compress } from './compression.js'
import { KIND } from './kinds.js'
import { PIECE_BYTES, type Transfers } from './transfers.js'

/** Kind and length in front of what is compressed. */
const HEAD_BYTES = 1_024

/** What a writer has to be given. */
export interface WriterParts {
  readonly encoder: Encoder
  readonly outgoing: Outgoing
  readonly transfers: Transfers
  readonly node: string
  readonly limits: { readonly messageMaxBytes: number; readonly sendBufferMaxBytes: number }
}

/** What has somebody to be told that there is no room; all else is never refused for that. */
const REFUSABLE: readonly number[] = [
  ...[KIND.send, KIND.call, KIND.confirm, KIND.reply, KIND.event, KIND.subscribed],
]

export class MessageWriter {
  /** Why the last message could not be sent; a full connection is told often and asked seldom. */
  #problem: TroupeError | 'full' | undefined = undefined
  /** Messages of more bytes than this travel compressed; both nodes have to know how. */
  compressAboveBytes = Number.POSITIVE_INFINITY
  readonly compressed = new CompressionCount()
  readonly #parts: WriterParts
  readonly #encoder: Encoder
  readonly #outgoing: Outgoing

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#encoder = parts.encoder
    this.#outgoing = parts.outgoing
  }

  /** Why the last message could not be sent. */
  get problem(): TroupeError | undefined {
    if (this.#problem !== 'full') return this.#problem
    const { node, limits } = this.#parts
    return new TroupeError('CONNECTION_FULL', { node, limit: limits.sendBufferMaxBytes })
  }

  /** Writes a message by `write`, which answers false when it is too large for one piece. */
  write(
    kind: number,
    to: Address,
    laneOf: () => string,
    write: () => boolean,
  ): SendFailure | undefined {
    const encoder = this.#encoder
    if (encoder.busy) return this.nested(to)
    const start = this.#outgoing.begin()
    encoder.mark(PIECE_BYTES)
    let fits = false
    try {
      fits = write()
    } catch (thrown) {
      return this.unsent(start, thrown)
    }
    if (!fits) return this.large(start, kind, laneOf(), write)
    this.commit(start, kind)
    return undefined
  }

  /** Ends a message that has been written. */
  commit(start: number, kind: number): void {
    const from = start + MESSAGE_HEAD_BYTES
    const length = this.#encoder.position - from
    if (length > this.compressAboveBytes) this.#shrink(start, kind)
    else this.#outgoing.commit(start, kind)
  }

  /** Puts a smaller message in the place of one that has been written. */
  #shrink(start: number, kind: number): void {
    const encoder = this.#encoder
    const bytes = encoder.buffer.subarray(start + MESSAGE_HEAD_BYTES, encoder.position)
    const small = compress(bytes)
    if (small === undefined) {
      this.#outgoing.commit(start, kind)
      return
    }
    const { length } = bytes
    this.compressed.add(small.length, length)
    encoder.position = start + MESSAGE_HEAD_BYTES
    encoder.byte(kind)
    encoder.uint(length)
    small.copy(encoder.buffer, encoder.position)
    encoder.position += small.length
    this.#outgoing.commit(start, KIND.compressed)
  }

  #addLarge(kind: number, { parts, bytes }: Rope, lane: string): void {
    const { transfers } = this.#parts
    const mayShrink = bytes > this.compressAboveBytes && bytes <= COMPRESSED_BYTES_MAX
    const small = mayShrink ? compress(Buffer.concat(parts)) : undefined
    if (small === undefined) {
      transfers.add(kind, parts, lane)
      return
    }
    this.compressed.add(small.length, bytes)
    const head = new Encoder({ buffer: Buffer.alloc(HEAD_BYTES) })
    head.byte(kind)
    head.uint(bytes)
    transfers.add(KIND.compressed, [head.buffer.subarray(0, head.position), small], lane)
  }

  /** Nothing of a message that cannot be encoded stays behind. */
  unsent(start: number, thrown: unknown): SendFailure {
    this.#encoder.rollback()
    this.#outgoing.abort(start)
    if (!TroupeError.is(thrown)) throw thrown
    this.#problem = thrown
    return thrown.code === 'PAYLOAD_UNSUPPORTED' ? thrown.code : 'PROCESS_UNKNOWN'
  }

  /** A message above one piece: encoded apart, where nothing is copied that is large. */
  large(start: number, kind: number, lane: string, write: () => boolean): SendFailure | undefined {
    this.#encoder.rollback()
    this.#outgoing.abort(start)
    const { messageMaxBytes } = this.#parts.limits
    if (this.#isFull && REFUSABLE.includes(kind)) return this.#noRoom()
    try {
      const rope = this.#encoder.apart(messageMaxBytes, write)
      if (rope === undefined) return this.#tooLarge(messageMaxBytes)
      this.#addLarge(kind, rope, lane)
      return undefined
    } catch (thrown) {
      if (!TroupeError.is(thrown, 'PAYLOAD_UNSUPPORTED')) throw thrown
      this.#problem = thrown
      return 'PAYLOAD_UNSUPPORTED'
    }
  }

  /** For large messages: those that wait count, with all that is kept for the other node. */
  get #isFull(): boolean {
    const { transfers, limits } = this.#parts
    return this.#outgoing.keptBytes + transfers.waitingBytes > limits.sendBufferMaxBytes
  }

  #noRoom(): SendFailure {
    this.#problem = 'full'
    return 'CONNECTION_FULL'
  }

  #tooLarge(limit: number): SendFailure {
    const { node } = this.#parts
    this.#problem = new TroupeError('PAYLOAD_TOO_LARGE', { bytes: `over ${limit}`, limit, node })
    return 'PAYLOAD_TOO_LARGE'
  }

  /** Sent from within a getter of what is being sent. */
  nested(to: Address): SendFailure {
    const problem = 'it was sent while another message was being written'
    this.#problem = new TroupeError('PAYLOAD_UNSUPPORTED', { to: formatTarget(to), problem })
    return 'PAYLOAD_UNSUPPORTED'
  }
}
