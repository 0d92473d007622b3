/**
 * network/session/incoming: the receiving half of a session: bytes in, whole messages out.
 *
 * Counts what has come, cuts the stream into messages wherever lines and frames cut it, and says
 * when the peer should hear how far it is. A message that lies whole in what came is read in
 * place; only one across a border is copied, and of one kind not even that: it is told in parts.
 *
 * Limit: one message of `messageBytesMax` is held.
 */
import type { TroupeError } from '#contract'
import { badFrame } from '#network/frame/line-frame'
import { MESSAGE_HEAD_BYTES } from './outgoing.js'

/** Bytes of the length before a message; its kind counts as part of the message. */
const LENGTH_BYTES = 4

/** The peer is told how far we are after so many bytes at the latest. */
const WORD_BYTES = 131_072

/** Of a message that is told in parts the first one has at least so many bytes of its body. */
const FIRST_PART_BYTES = 16

/** The kind of messages that are told as their bytes come, and who takes them. */
export interface InParts {
  readonly kind: number
  /** The next part of the running message; `leftBytes` follow. Valid only during the call. */
  readonly take: (bytes: Buffer, from: number, to: number, leftBytes: number) => void
}

/** Takes one whole message; `bytes` is valid only during the call. */
export type TakeMessage = (kind: number, bytes: Buffer, from: number, to: number) => void

export class Incoming {
  /** Bytes that have come since the start of the session. */
  received = 0
  /** What the peer was told of that, and up to where it may send. */
  told = 0
  granted: number
  messages = 0
  readonly #take: TakeMessage
  readonly #messageBytesMax: number
  readonly #windowBytes: number
  /** The beginning of a message whose end has not come. */
  #held = Buffer.allocUnsafe(1_024)
  #heldBytes = 0
  /** Length of the held message with its head; 0 while that is not known. */
  #wanted = 0
  /** Bytes to come of the message that is told in parts. */
  #partsLeft = 0
  readonly #inParts: InParts

  constructor(take: TakeMessage, inParts: InParts, messageBytesMax: number, windowBytes: number) {
    this.#take = take
    this.#inParts = inParts
    this.#messageBytesMax = messageBytesMax
    this.#windowBytes = windowBytes
    this.granted = windowBytes
  }

  /** True when so much has come that the peer should be told. */
  get owesWord(): boolean {
    return this.received - this.told >= Math.min(this.#windowBytes >> 2, WORD_BYTES)
  }

  /** Takes a piece of the stream. Throws FRAME_INVALID, or what reading a message threw. */
  data(bytes: Buffer, from: number, to: number): void {
    this.received += to - from
    let at = this.#partsLeft > 0 ? this.#part(bytes, from, to, this.#partsLeft) : from
    if (this.#heldBytes > 0) at = this.#fill(bytes, at, to)
    while (to - at >= MESSAGE_HEAD_BYTES) {
      const length = lengthAt(bytes, at)
      if (length < 1 || length > this.#messageBytesMax) throw this.#badLength(length)
      const end = at + LENGTH_BYTES + length
      if (end > to) {
        if (!this.#comesInParts(bytes, at, to)) break
        this.messages += 1
        at = this.#part(bytes, at + MESSAGE_HEAD_BYTES, to, length - 1)
        continue
      }
      this.messages += 1
      this.#take(bytes[at + LENGTH_BYTES] as number, bytes, at + MESSAGE_HEAD_BYTES, end)
      at = end
    }
    if (at < to) this.#hold(bytes, at, to)
  }

  #comesInParts(bytes: Buffer, at: number, to: number): boolean {
    const isLongEnough = to - at >= MESSAGE_HEAD_BYTES + FIRST_PART_BYTES
    return isLongEnough && bytes[at + LENGTH_BYTES] === this.#inParts.kind
  }

  /** Tells what there is of a message of which so many bytes are left; gives where it ends. */
  #part(bytes: Buffer, from: number, to: number, leftBytes: number): number {
    const upTo = Math.min(to, from + leftBytes)
    this.#partsLeft = leftBytes - (upTo - from)
    this.#inParts.take(bytes, from, upTo, this.#partsLeft)
    return upTo
  }

  /** Completes the held message as far as this piece goes; gives where the next one begins. */
  #fill(bytes: Buffer, from: number, to: number): number {
    let at = from
    if (this.#wanted === 0) {
      const lacking = Math.min(to - at, LENGTH_BYTES - this.#heldBytes)
      this.#append(bytes, at, at + lacking)
      at += lacking
      if (this.#heldBytes < LENGTH_BYTES) return at
      this.#want()
    }
    const upTo = Math.min(to, at + this.#wanted - this.#heldBytes)
    this.#append(bytes, at, upTo)
    if (this.#heldBytes < this.#wanted) return upTo
    const [held, end] = [this.#held, this.#wanted]
    this.#heldBytes = 0
    this.#wanted = 0
    this.messages += 1
    this.#take(held[LENGTH_BYTES] as number, held, MESSAGE_HEAD_BYTES, end)
    return upTo
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    this.#append(bytes, from, to)
    if (this.#heldBytes >= LENGTH_BYTES) this.#want()
  }

  #want(): void {
    const length = lengthAt(this.#held, 0)
    if (length < 1 || length > this.#messageBytesMax) throw this.#badLength(length)
    this.#wanted = LENGTH_BYTES + length
  }

  #append(bytes: Buffer, from: number, to: number): void {
    const size = this.#heldBytes + to - from
    if (size > this.#held.length) {
      // Grown by what has come, never by what was promised.
      const grown = Buffer.allocUnsafe(Math.max(size, this.#held.length * 2))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    bytes.copy(this.#held, this.#heldBytes, from, to)
    this.#heldBytes = size
  }

  #badLength(length: number): TroupeError {
    return badFrame(`a message of ${length} bytes, above the limit of ${this.#messageBytesMax}`)
  }
}

const lengthAt = (bytes: Buffer, at: number): number =>
  (((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)) >>>
  0
