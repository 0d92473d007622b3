/**
 * network/handshake/fields: frames of the handshake in bytes: u16 length, u8 type, fixed fields.
 *
 * Big endian throughout. Knows nothing of what the fields mean. Limit: a frame has at most
 * `FRAME_BYTES_MAX` bytes with its length; a longer one is refused before it has been read.
 *
 * @source docs/reference/wire.md, "Handshake"
 */
import { assert } from '#base/assert'

/** The largest frame, with its length, in bytes. */
export const FRAME_BYTES_MAX = 4_096
/** Where the fields begin: behind u16 length and u8 type. */
export const FIELDS_START = 3
/** The largest whole number that six bytes hold. */
export const U48_MAX = 0xffff_ffff_ffff

const LENGTH_BYTES = 2
const U32_VALUES = 0x1_0000_0000
const encoder = new TextEncoder()
// A byte order mark is a character like any other: what is sent is what arrives.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes one frame, field by field. */
export class FrameWriter {
  readonly #bytes = new Uint8Array(FRAME_BYTES_MAX)
  readonly #view = new DataView(this.#bytes.buffer)
  #end = FIELDS_START

  constructor(type: number) {
    this.#view.setUint8(LENGTH_BYTES, type)
  }

  u8(value: number): this {
    this.#view.setUint8(this.#room(1), value)
    return this
  }

  u16(value: number): this {
    this.#view.setUint16(this.#room(2), value)
    return this
  }

  u32(value: number): this {
    this.#view.setUint32(this.#room(4), value)
    return this
  }

  u48(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= U48_MAX, `${value} is a u48`)
    return this.u16(Math.floor(value / U32_VALUES)).u32(value % U32_VALUES)
  }

  u64(value: bigint): this {
    this.#view.setBigUint64(this.#room(8), value)
    return this
  }

  bytes(value: Uint8Array): this {
    this.#bytes.set(value, this.#room(value.length))
    return this
  }

  /** u16 length in bytes, then UTF-8. */
  text(value: string): this {
    const encoded = encoder.encode(value)
    return this.u16(encoded.length).bytes(encoded)
  }

  /** The frame so far, its length set to leave room for `trailerBytes` to be appended. */
  frame(trailerBytes = 0): Uint8Array {
    assert(this.#end + trailerBytes <= FRAME_BYTES_MAX, 'a handshake frame fits its limit')
    this.#view.setUint16(0, this.#end + trailerBytes - LENGTH_BYTES)
    return this.#bytes.slice(0, this.#end)
  }

  #room(length: number): number {
    const start = this.#end
    this.#end += length
    assert(this.#end <= FRAME_BYTES_MAX, 'a handshake frame fits its limit')
    return start
  }
}

/**
 * Reads the fields of one frame. What is not there reads as zero and sets `problem`, so that a
 * reader asks once, at the end.
 */
export class FrameReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number
  #at = FIELDS_START
  #problem: string | undefined

  /** `trailerBytes` at the end of the frame are no fields. */
  constructor(frame: Uint8Array, trailerBytes = 0) {
    this.#bytes = frame
    this.#view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
    this.#end = frame.length - trailerBytes
  }

  get problem(): string | undefined {
    return this.#problem
  }

  u8(): number {
    const at = this.#take(1)
    return at === undefined ? 0 : this.#view.getUint8(at)
  }

  u16(): number {
    const at = this.#take(2)
    return at === undefined ? 0 : this.#view.getUint16(at)
  }

  u32(): number {
    const at = this.#take(4)
    return at === undefined ? 0 : this.#view.getUint32(at)
  }

  u48(): number {
    const high = this.u16()
    return high * U32_VALUES + this.u32()
  }

  u64(): bigint {
    const at = this.#take(8)
    return at === undefined ? 0n : this.#view.getBigUint64(at)
  }

  /** A copy of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length)
    return at === undefined ? new Uint8Array(length) : this.#bytes.slice(at, at + length)
  }

  text(): string {
    const length = this.u16()
    const at = this.#take(length)
    if (at === undefined) return ''
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length))
    } catch {
      this.fail('a text is not UTF-8')
      return ''
    }
  }

  /** Keeps the first problem. */
  fail(problem: string): void {
    this.#problem ??= problem
  }

  #take(length: number): number | undefined {
    const start = this.#at
    if (start + length > this.#end) {
      this.fail('a frame is shorter than its fields')
      this.#at = this.#end
      return undefined
    }
    this.#at += length
    return start
  }
}

/** A record of TLS begins with its type, 20 to 23, and 3 as the first half of its version. */
const TLS_RECORD_MIN = 20
const TLS_RECORD_MAX = 23
const TLS_VERSION = 3

/** Cuts what arrives into frames. It keeps less than one frame beside what it was given last. */
export class FrameInbox {
  readonly #toldOfTls: string
  #waiting: Uint8Array = new Uint8Array(0)

  /** `toldOfTls` is the problem when TLS arrives where frames are to come. */
  constructor(toldOfTls: string) {
    this.#toldOfTls = toldOfTls
  }

  /** Takes bytes that are valid only during the call. */
  push(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#waiting.length + bytes.length)
    joined.set(this.#waiting)
    joined.set(bytes, this.#waiting.length)
    this.#waiting = joined
  }

  /** The next whole frame; undefined when it is not there yet or `problem` is set. */
  next(): Uint8Array | undefined {
    const end = this.#frameEnd()
    if (end === undefined || this.problem !== undefined) return undefined
    if (this.#waiting.length < end) return undefined
    const frame = this.#waiting.slice(0, end)
    this.#waiting = this.#waiting.subarray(end)
    return frame
  }

  /** Why what waits can never become a frame. */
  get problem(): string | undefined {
    const end = this.#frameEnd()
    if (end === undefined || (end >= FIELDS_START && end <= FRAME_BYTES_MAX)) return undefined
    if (this.#isTls) return this.#toldOfTls
    return `what it sent is no frame: its length would be ${end}; is it a node of Troupe?`
  }

  /** What has arrived and was not taken as a frame. */
  rest(): Uint8Array {
    return this.#waiting
  }

  get #isTls(): boolean {
    const [type = 0, version] = this.#waiting
    return type >= TLS_RECORD_MIN && type <= TLS_RECORD_MAX && version === TLS_VERSION
  }

  #frameEnd(): number | undefined {
    const [high, low] = this.#waiting
    if (high === undefined || low === undefined) return undefined
    return LENGTH_BYTES + high * 256 + low
  }
}
