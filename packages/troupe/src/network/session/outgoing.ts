/**
 * network/session/outgoing: the sending half of a session: a stream that outlives its lines.
 *
 * Messages are encoded straight into a slab and leave in batches, one frame for each turn of the
 * microtask queue. What has left is kept until the peer acknowledges it; on a new line everything
 * beyond what the peer has is sent again, byte for byte. Never sends beyond what was granted.
 *
 * Limit: `keptBytesMax` sent and not acknowledged, above which `isFull` says so.
 */
import type { Line } from '#contract'
import { FRAME, FRAME_HEAD_BYTES, writeFrameHead } from '#network/frame/line-frame'
import { Segment } from './segment.js'
import { type Slab, Slabs } from './slab.js'

/** Length and kind before the body of each message. */
export const MESSAGE_HEAD_BYTES = 5
/** A batch that is longer leaves at once. */
const BATCH_BYTES = 49_152
/** With less room than this a slab is full. */
const ROOM_BYTES_MIN = 4_096
/** Acknowledged segments at the head of the list before it is cut. */
const HEAD_MAX = 1_024

/** What messages are written with: the encoder, as far as memory goes. */
export interface Writer {
  /** Replaced by a larger one, with the same offsets, when it is too small. */
  readonly buffer: Buffer
  /** Where the next byte goes. */
  position: number
  /** When the buffer grows, bytes before this need not be kept. */
  base: number
  /** Goes on writing in another buffer. */
  use(buffer: Buffer, position: number): void
}

export class Outgoing {
  /** Messages committed since the start. */
  messages = 0
  /** Of these, those the peer has acknowledged. */
  acknowledged = 0
  /** Bytes sent again on later lines. */
  resentBytes = 0
  /** Batches handed to lines. */
  batches = 0

  readonly #writer: Writer
  readonly #soon: (run: () => void) => void
  readonly #slabs = new Slabs()
  #slab: Slab
  /** Where the body of the running batch begins in the slab; -1 without one. */
  #batchFrom = -1
  #armed = false
  #segments: Segment[] = []
  /** The first segment not acknowledged, and the first not written to this line. */
  #head = 0
  #next = 0
  /** Offsets: end of what was committed in segments, acknowledged, granted, highest written. */
  #end = 0
  #acked = 0
  #granted: number
  #reached = 0
  #line: Line | undefined = undefined
  #blocked = false
  readonly #flush = (): void => {
    this.#armed = false
    this.flush()
  }
  /** Told when there may be room for fragments. */
  onRoom: (() => void) | undefined = undefined

  constructor(writer: Writer, soon: (run: () => void) => void, grantedBytes: number) {
    this.#writer = writer
    this.#soon = soon
    this.#granted = grantedBytes
    this.#slab = this.#slabs.take()
    writer.use(this.#slab.buffer, 0)
  }

  /** Bytes the peer has not acknowledged. */
  get keptBytes(): number {
    const open = this.#batchFrom < 0 ? 0 : this.#writer.position - this.#batchFrom
    return this.#end + open - this.#acked
  }

  /** Bytes the peer has acknowledged since the start. */
  get acknowledgedBytes(): number {
    return this.#acked
  }

  /** Bytes that have left since the start, each once. */
  get sentBytes(): number {
    return this.#reached
  }

  /** Bytes that wait for a line, for room on it, or for credit. */
  get waitingBytes(): number {
    const next = this.#segments[this.#next]
    return next === undefined ? 0 : this.#end - next.start
  }

  /** Bytes written to the line and not acknowledged. */
  get flightBytes(): number {
    return this.keptBytes - this.waitingBytes
  }

  /** Begins a message; gives where it starts. Its body is written behind `MESSAGE_HEAD_BYTES`. */
  begin(): number {
    const writer = this.#writer
    if (this.#batchFrom >= 0 && writer.buffer.length - writer.position < ROOM_BYTES_MIN) {
      this.flush()
    }
    if (this.#batchFrom < 0) this.#beginBatch()
    const start = writer.position
    writer.position = start + MESSAGE_HEAD_BYTES
    return start
  }

  /** Ends a message that has been written whole; `apartBytes` of its body follow as a segment. */
  commit(start: number, kind: number, apartBytes = 0): void {
    const { buffer, position } = this.#writer
    const length = position - start - FRAME_HEAD_BYTES + apartBytes
    buffer[start] = length >>> 24
    buffer[start + 1] = length >>> 16
    buffer[start + 2] = length >>> 8
    buffer[start + 3] = length
    buffer[start + 4] = kind
    this.messages += 1
    if (apartBytes > 0) return
    if (position - this.#batchFrom >= BATCH_BYTES) this.flush()
    else if (!this.#armed) {
      this.#armed = true
      this.#soon(this.#flush)
    }
  }

  /** Takes a message back that could not be written whole. */
  abort(start: number): void {
    const writer = this.#writer
    writer.position = start
    if (start !== this.#batchFrom) return
    writer.position = start - FRAME_HEAD_BYTES
    this.#batchFrom = -1
  }

  /** Bytes of the last message that are not copied: they belong to the stream from now on. */
  append(bytes: Uint8Array): void {
    this.#closeBatch()
    this.#push(new Segment(this.#end, this.messages, undefined, bytes, undefined))
    this.#pump()
  }

  /** Sends what has been written so far. */
  flush(): void {
    this.#closeBatch()
    this.#pump()
  }

  /** The peer has everything up to `received` and takes up to `granted`; false: it cannot be. */
  acknowledge(received: number, granted: number): boolean {
    if (received < this.#acked || received > this.#reached || granted < this.#granted) return false
    this.#granted = granted
    this.#release(received)
    this.#pump()
    this.onRoom?.()
    return true
  }

  /** A new line: what the peer does not have is sent again. False: its count cannot be. */
  attach(line: Line, received: number, granted: number): boolean {
    if (received < this.#acked || received > this.#reached) return false
    this.#release(received)
    this.#line = line
    this.#blocked = false
    this.#granted = granted
    this.#next = this.#head
    const first = this.#segments[this.#head]
    if (first !== undefined) this.#segments[this.#head] = first.rest(received)
    this.resentBytes += this.#reached - received
    this.flush()
    this.onRoom?.()
    return true
  }

  /** The line has broken; everything stays until the next one. */
  detach(): void {
    this.#line = undefined
  }

  /** The line has room again. */
  drained(): void {
    this.#blocked = false
    this.#pump()
    this.onRoom?.()
  }

  #beginBatch(): void {
    const writer = this.#writer
    // The encoder may have grown into memory of its own.
    const isOther = writer.buffer !== this.#slab.buffer
    if (isOther || writer.buffer.length - writer.position < ROOM_BYTES_MIN) this.#newSlab()
    writer.base = writer.position
    writer.position += FRAME_HEAD_BYTES
    this.#batchFrom = writer.position
  }

  #newSlab(): void {
    const full = this.#slab
    full.full = true
    if (full.segments === 0) this.#slabs.release(full)
    this.#slab = this.#slabs.take()
    this.#writer.use(this.#slab.buffer, 0)
  }

  #closeBatch(): void {
    const from = this.#batchFrom
    if (from < 0) return
    const { buffer, position } = this.#writer
    this.#batchFrom = -1
    writeFrameHead(buffer, from - FRAME_HEAD_BYTES, FRAME.data, position - from)
    const framed = buffer.subarray(from - FRAME_HEAD_BYTES, position)
    const bytes = buffer.subarray(from, position)
    const slab = buffer === this.#slab.buffer ? this.#slab : undefined
    if (slab !== undefined) slab.segments += 1
    this.#push(new Segment(this.#end, this.messages, slab, bytes, framed))
  }

  #push(segment: Segment): void {
    this.#segments.push(segment)
    this.#end = segment.end
  }

  #pump(): void {
    const line = this.#line
    if (line === undefined) return
    while (!this.#blocked) {
      const segment = this.#segments[this.#next]
      if (segment === undefined || !this.#mayGo(segment)) return
      this.#next += 1
      this.#reached = Math.max(this.#reached, segment.end)
      this.batches += 1
      this.#write(line, segment)
    }
  }

  /** What belongs together, a piece and what is before it, goes to the system in one call. */
  #write(line: Line, segment: Segment): void {
    if (segment.framed === undefined) {
      line.write(segment.head(), true)
      this.#blocked = !line.write(segment.bytes)
      return
    }
    const next = this.#segments[this.#next]
    const isFollowed = next !== undefined && next.framed === undefined && this.#mayGo(next)
    const hasRoom = line.write(segment.framed, isFollowed)
    this.#blocked = !hasRoom && !isFollowed
  }

  /** One that is larger than the whole window goes alone, else it would wait for ever. */
  #mayGo(segment: Segment): boolean {
    return segment.end <= this.#granted || segment.start === this.#acked
  }

  #release(received: number): void {
    this.#acked = received
    for (;;) {
      const segment = this.#segments[this.#head]
      if (segment === undefined || segment.end > received) break
      this.acknowledged = segment.messages
      this.#head += 1
      const { slab } = segment
      if (slab === undefined) continue
      slab.segments -= 1
      if (slab.segments === 0 && slab.full) this.#slabs.release(slab)
    }
    if (this.#next < this.#head) this.#next = this.#head
    if (this.#head < HEAD_MAX && this.#head < this.#segments.length) return
    this.#segments = this.#segments.slice(this.#head)
    this.#next -= this.#head
    this.#head = 0
  }
}
