/**
 * network/codec/writer: bytes, numbers, text and names at the end of a growing buffer.
 *
 * The buffer belongs to whoever writes with it: `use` swaps it, `position` may be set between two
 * values. When it is too small a larger one takes its place, with the same offsets and the bytes
 * from `base` on; below `base` nothing is kept. While a rope is woven, a full buffer and a large
 * binary become parts of their own instead, and nothing is copied.
 *
 * Limit: while `bounded`, `limitAt`; beyond it `OVER_LIMIT` is thrown.
 */
import type { CodecLimits } from './limits.js'
import { isWellFormed, type TextBuffer, textBuffer } from './native-text.js'
import {
  FLOAT64,
  INT8,
  INT16,
  INT32,
  LATIN1,
  LATIN1_LONG,
  NAME_ENTRY,
  NAME_INLINE,
  NAME_NEW,
  STRING_SHORT,
  STRING_SHORT_MAX,
  UTF8,
  UTF8_LONG,
  UTF16,
} from './tag.js'

/** Thrown, and caught by the encoder, when a value is larger than it may be. */
export const OVER_LIMIT: object = Object.freeze({ kind: 'over-limit' })

/** Room that is always there, so that small things are written without asking. */
const SLACK_BYTES = 512
const NO_BUFFER = Buffer.alloc(0)
/** Binaries and texts from this size on are parts of a rope of their own. */
export const PART_BYTES = 16_384
/** First and usual size of the buffers a rope is woven in. */
const WEAVING_BYTES = 65_536
/** With less room than this another one is begun. */
const WEAVING_ROOM_BYTES = 4_096
/** Longest text whose UTF-8 surely fits a length of one byte. */
const SHORT_TEXT = 85
/** From here on a text is measured before room is made for it. */
const LONG_TEXT = 4_096
const TWO_32 = 4_294_967_296

export class Writer {
  buffer: TextBuffer
  /** Where the next byte goes. */
  position = 0
  /** Bytes before it are not kept when the buffer grows. */
  base = 0
  readonly limits: CodecLimits
  readonly names = new Map<string, number>()
  /** Beyond it room is made before anything is written. */
  protected end = 0
  /** Position that a value may not grow beyond, while `bounded`. */
  protected limitAt = Number.POSITIVE_INFINITY
  /** A value is being written: the limit holds. */
  protected bounded = false
  /** The parts of the rope that is being woven. */
  protected rope: Uint8Array[] | undefined = undefined
  /** The buffer the last rope was woven in, and where the next one goes on in it. */
  #weaving: Buffer = NO_BUFFER
  #wovenTo = 0
  #view: DataView
  readonly #nameList: string[] = []

  constructor(limits: CodecLimits, buffer: Buffer) {
    this.limits = limits
    this.buffer = textBuffer(buffer)
    this.#view = viewOf(buffer)
    this.measure()
  }

  /** Goes on writing in another buffer; bytes from `base` on are kept when it grows. */
  use(buffer: Buffer, position: number, base = position): void {
    this.buffer = textBuffer(buffer)
    this.#view = viewOf(buffer)
    this.position = position
    this.base = base
    this.measure()
  }

  /** Entries in the dictionary of names. */
  get nameCount(): number {
    return this.#nameList.length
  }

  /** A byte, 0 to 255. */
  byte(value: number): void {
    if (this.position > this.end) this.room(0)
    this.buffer[this.position++] = value
  }

  /** A whole number from 0 to 2^53 - 1, in one to eight bytes. */
  uint(value: number): void {
    if (this.position > this.end) this.room(0)
    let rest = value
    while (rest > 0x7fffffff) {
      this.buffer[this.position++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.buffer[this.position++] = rest
  }

  /** A name that will come again: of a message, a protocol, a node, an event. */
  name(name: string): void {
    const entry = this.names.get(name)
    if (entry === undefined) this.#newName(name)
    else this.uint(entry + NAME_ENTRY)
  }

  #newName(name: string): void {
    const isKept = this.mayKeepName(name)
    this.byte(isKept ? NAME_NEW : NAME_INLINE)
    this.string(name)
    if (isKept) this.names.set(name, this.#nameList.push(name) - 1)
  }

  /** False when the dictionary is full, the name too long, or no entry may be added now. */
  protected mayKeepName(name: string): boolean {
    const { namesMax, nameLengthMax } = this.limits
    return (
      this.rope === undefined && name.length <= nameLengthMax && this.#nameList.length < namesMax
    )
  }

  /** Forgets the names after the first `count`. */
  protected forgetNames(count: number): void {
    while (this.#nameList.length > count) {
      const name = this.#nameList.pop()
      if (name !== undefined) this.names.delete(name)
    }
  }

  /** Any number. Needs the slack only. */
  number(value: number): void {
    const { buffer, position } = this
    if ((value | 0) !== value || (value === 0 && 1 / value < 0)) {
      buffer[position] = FLOAT64
      this.#view.setFloat64(position + 1, value)
      this.position = position + 9
    } else if (value >= 0 && value < 128) {
      buffer[position] = value
      this.position = position + 1
    } else if (value >= -128 && value < 128) {
      buffer[position] = INT8
      buffer[position + 1] = value
      this.position = position + 2
    } else if (value >= -32_768 && value < 32_768) {
      buffer[position] = INT16
      buffer[position + 1] = value >> 8
      buffer[position + 2] = value
      this.position = position + 3
    } else {
      buffer[position] = INT32
      buffer[position + 1] = value >> 24
      buffer[position + 2] = value >> 16
      buffer[position + 3] = value >> 8
      buffer[position + 4] = value
      this.position = position + 5
    }
  }

  /** A double without a tag. */
  float(value: number): void {
    if (this.position > this.end) this.room(0)
    this.#view.setFloat64(this.position, value)
    this.position += 8
  }

  /** Any string. */
  string(text: string): void {
    if (this.position > this.end) this.room(0)
    const { length } = text
    if (length <= STRING_SHORT_MAX && this.#short(text, length)) return
    if (length <= LONG_TEXT) this.#longer(text, length)
    else this.#long(text, length)
  }

  /** Writes a text of units below 256; false for any other. */
  #short(text: string, length: number): boolean {
    const { buffer, position } = this
    let at = position + 1
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit > 255) return false
      buffer[at++] = unit
    }
    buffer[position] = STRING_SHORT | length
    this.position = at
    return true
  }

  #longer(text: string, length: number): void {
    if (length > SHORT_TEXT) this.room(length * 3)
    const lengthBytes = length > SHORT_TEXT ? 4 : 1
    const from = this.position + 1 + lengthBytes
    const bytes = this.buffer.utf8Write(text, from, length * 3)
    if (bytes !== length && !isWellFormed(text)) {
      this.#utf16(text)
      return
    }
    if (lengthBytes === 1) {
      this.buffer[this.position] = bytes === length ? LATIN1 : UTF8
      this.buffer[this.position + 1] = bytes
    } else {
      this.tagged(bytes === length ? LATIN1_LONG : UTF8_LONG, bytes)
    }
    this.position = from + bytes
  }

  #long(text: string, length: number): void {
    this.check(length)
    if (isWellFormed(text)) this.#utf8(text, length)
    else this.#utf16(text)
  }

  #utf8(text: string, length: number): void {
    const bytes = Buffer.byteLength(text, 'utf8')
    this.check(bytes)
    const tag = bytes === length ? LATIN1_LONG : UTF8_LONG
    if (this.rope !== undefined && bytes >= PART_BYTES) {
      this.tagged(tag, bytes)
      this.part(Buffer.from(text, 'utf8'))
    } else {
      this.room(bytes)
      this.tagged(tag, bytes)
      this.position += this.buffer.utf8Write(text, this.position, bytes)
    }
  }

  /** A text with lone surrogates, which only its own units can hold. */
  #utf16(text: string): void {
    const bytes = text.length * 2
    this.room(bytes)
    this.tagged(UTF16, bytes)
    this.position += this.buffer.write(text, this.position, bytes, 'utf16le')
  }

  /** A tag and a length of four bytes. */
  tagged(tag: number, length: number): void {
    if (this.position > this.end) this.room(0)
    const { buffer, position } = this
    buffer[position] = tag
    buffer[position + 1] = length >>> 24
    buffer[position + 2] = length >>> 16
    buffer[position + 3] = length >>> 8
    buffer[position + 4] = length
    this.position = position + 5
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    // Their length is told in four bytes.
    if (length >= TWO_32) throw OVER_LIMIT
    this.check(length)
    if (this.rope !== undefined && length >= PART_BYTES) {
      this.part(bytes)
    } else {
      this.room(length)
      this.buffer.set(bytes, this.position)
      this.position += length
    }
  }

  /** Throws when so many more bytes would be beyond the limit. */
  protected check(bytes: number): void {
    if (this.bounded && this.position + bytes > this.limitAt) throw OVER_LIMIT
  }

  /** Makes room for so many bytes and the slack; throws when the limit is passed already. */
  protected room(bytes: number): void {
    this.check(0)
    const needed = this.position + bytes + SLACK_BYTES
    if (needed <= this.buffer.length) return
    if (this.rope !== undefined) this.#nextWeaving(bytes)
    else this.#grow(needed)
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, needed))
    this.buffer.copy(larger, this.base, this.base, this.position)
    this.use(larger, this.position, this.base)
  }

  /** Appends bytes to the rope without copying them. */
  protected part(bytes: Uint8Array): void {
    this.#cut()
    this.rope?.push(bytes)
    this.limitAt -= bytes.length
    this.measure()
  }

  protected beginRope(bytesMax: number): void {
    this.rope = []
    if (this.#weaving.length - this.#wovenTo < WEAVING_ROOM_BYTES) {
      this.#weaving = Buffer.allocUnsafeSlow(WEAVING_BYTES)
      this.#wovenTo = 0
    }
    this.use(this.#weaving, this.#wovenTo, this.#wovenTo)
    this.limitAt = this.#wovenTo + bytesMax
  }

  protected endRope(): readonly Uint8Array[] {
    this.#cut()
    const parts = this.rope ?? []
    this.rope = undefined
    // One of another size was made for one long text, and is not kept for a short one.
    this.#weaving = this.buffer.length === WEAVING_BYTES ? this.buffer : NO_BUFFER
    this.#wovenTo = this.position
    return parts
  }

  #cut(): void {
    if (this.position > this.base) {
      this.rope?.push(this.buffer.subarray(this.base, this.position))
    }
    this.base = this.position
  }

  #nextWeaving(bytes: number): void {
    this.#cut()
    this.limitAt -= this.position
    this.use(Buffer.allocUnsafeSlow(Math.max(WEAVING_BYTES, bytes + 2 * SLACK_BYTES)), 0)
  }

  /** Finds anew how far may be written without asking. */
  protected measure(): void {
    const last = this.buffer.length - SLACK_BYTES
    this.end = this.bounded ? Math.min(last, this.limitAt) : last
  }
}

const viewOf = (buffer: Buffer): DataView =>
  new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
