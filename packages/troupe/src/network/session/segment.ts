/**
 * network/session/segment: one stretch of the outgoing stream, kept until the peer has it.
 *
 * Its bytes lie in a slab behind four free bytes for the head of its frame, or they are somebody
 * else's (a fragment of a large message), and then the head is written apart.
 */
import { FRAME, FRAME_HEAD_BYTES, writeFrameHead } from '#network/frame/line-frame'
import type { Slab } from './slab.js'

export class Segment {
  /** Offsets in the stream. */
  readonly start: number
  readonly end: number
  /** Messages of the session up to its end. */
  readonly messages: number
  /** Where its bytes came from; undefined when they are not ours. */
  readonly slab: Slab | undefined
  readonly bytes: Uint8Array
  /** The frame in one piece, when the head lies before the bytes. */
  readonly framed: Uint8Array | undefined

  constructor(
    start: number,
    messages: number,
    slab: Slab | undefined,
    bytes: Uint8Array,
    framed: Uint8Array | undefined,
  ) {
    this.start = start
    this.end = start + bytes.length
    this.messages = messages
    this.slab = slab
    this.bytes = bytes
    this.framed = framed
  }

  /** What is left of it from an offset on. */
  rest(from: number): Segment {
    if (from <= this.start) return this
    const bytes = this.bytes.subarray(from - this.start)
    return new Segment(from, this.messages, this.slab, bytes, undefined)
  }

  /** Its head, for bytes that have none before them. */
  head(): Uint8Array {
    const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES)
    writeFrameHead(head, 0, FRAME.data, this.bytes.length)
    return head
  }
}
