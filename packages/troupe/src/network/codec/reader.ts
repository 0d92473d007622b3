/**
 * network/codec/reader: bytes, numbers, text and names out of a slice of a buffer.
 *
 * Nothing outside the slice is ever read, and every length is compared with the bytes that are
 * left before anything is made of it. What cannot be is CODEC_INVALID, with the byte it was found
 * at, counted from the start of the slice; the connection is to be closed then.
 */
import { constants, isUtf8 } from 'node:buffer'
import { TroupeError } from '#contract'
import type { CodecLimits } from './limits.js'
import { type TextBuffer, textBuffer } from './native-text.js'
import {
  LATIN1,
  LATIN1_LONG,
  NAME_ENTRY,
  NAME_NEW,
  STRING_SHORT,
  STRING_SHORT_MAX,
  UTF8,
  UTF8_LONG,
  UTF16,
} from './tag.js'

/** Texts up to here are put together byte by byte: quicker than asking Buffer. */
const BYTEWISE_MAX = 11
const REPLACEMENT = '\ufffd'
const NOTHING = Buffer.alloc(0)

export class Reader {
  buffer: TextBuffer = textBuffer(NOTHING)
  position = 0
  /** Where the slice ends. */
  end = 0
  readonly limits: CodecLimits
  /** Binaries may be views of the buffer, which nobody uses again. */
  mayShare = false
  #start = 0
  /** Made for the first double that is read: many buffers hold none. */
  #view: DataView | undefined = undefined
  readonly #names: string[] = []

  constructor(limits: CodecLimits) {
    this.limits = limits
  }

  /**
   * Goes on with one message: the bytes of `buffer` from `start` to `end`. With `mayShare`
   * binaries become views of the buffer instead of copies: only for a buffer of their own.
   */
  reset(buffer: Buffer, start = 0, end = buffer.length, mayShare = false): void {
    if (buffer !== this.buffer) {
      this.buffer = textBuffer(buffer)
      this.#view = undefined
    }
    this.position = start
    this.#start = start
    this.end = Math.min(end, buffer.length)
    this.mayShare = mayShare
  }

  /** Entries in the dictionary of names. */
  get nameCount(): number {
    return this.#names.length
  }

  /** Throws when bytes are left over. */
  finish(): void {
    if (this.position !== this.end) this.fail('bytes are left over')
  }

  /** Throws CODEC_INVALID. */
  fail(problem: string): never {
    throw new TroupeError('CODEC_INVALID', { problem, offset: this.position - this.#start })
  }

  /** Throws unless so many bytes are left. */
  need(bytes: number): void {
    if (this.end - this.position < bytes) this.fail('the bytes end too early')
  }

  /** A byte. */
  byte(): number {
    this.need(1)
    return this.buffer[this.position++] as number
  }

  /** A whole number from 0 to 2^53 - 1. */
  uint(): number {
    const first = this.byte()
    if (first < 0x80) return first
    let value = first & 0x7f
    let scale = 128
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) return this.fail('a number is above 2^53 - 1')
      if (byte < 0x80) return value
      scale *= 128
      if (scale > Number.MAX_SAFE_INTEGER) return this.fail('a number is longer than eight bytes')
    }
  }

  /** A length of four bytes. */
  length(): number {
    this.need(4)
    const { buffer, position } = this
    this.position = position + 4
    return (
      (buffer[position] as number) * 0x1_000_000 +
      (((buffer[position + 1] as number) << 16) |
        ((buffer[position + 2] as number) << 8) |
        (buffer[position + 3] as number))
    )
  }

  /** The length of a long text. */
  textLength(): number {
    const length = this.length()
    return length > constants.MAX_STRING_LENGTH ? this.fail('a text is too long') : length
  }

  int8(): number {
    this.need(1)
    return ((this.buffer[this.position++] as number) << 24) >> 24
  }

  int16(): number {
    this.need(2)
    const { buffer, position } = this
    this.position = position + 2
    return (((buffer[position] as number) << 24) >> 16) | (buffer[position + 1] as number)
  }

  int32(): number {
    this.need(4)
    const { buffer, position } = this
    this.position = position + 4
    return (
      ((buffer[position] as number) << 24) |
      ((buffer[position + 1] as number) << 16) |
      ((buffer[position + 2] as number) << 8) |
      (buffer[position + 3] as number)
    )
  }

  float(): number {
    this.need(8)
    const { position } = this
    this.position = position + 8
    return (this.#view ?? this.#newView()).getFloat64(position)
  }

  #newView(): DataView {
    const { buffer, byteOffset, length } = this.buffer
    this.#view = new DataView(buffer, byteOffset, length)
    return this.#view
  }

  /** Text of one byte for each character. */
  latin1(length: number): string {
    const from = this.position
    const to = from + length
    if (to > this.end) this.fail('a text is longer than the bytes that are left')
    this.position = to
    return length <= BYTEWISE_MAX
      ? bytewise(this.buffer, from, length)
      : this.buffer.latin1Slice(from, to)
  }

  utf8(length: number): string {
    const from = this.position
    const to = from + length
    if (to > this.end) this.fail('a text is longer than the bytes that are left')
    const text = this.buffer.utf8Slice(from, to)
    // What is no UTF-8 becomes a replacement character, which a good text may hold as well.
    if (text.includes(REPLACEMENT) && !isUtf8(this.buffer.subarray(from, to))) {
      this.fail('a text is not UTF-8')
    }
    this.position = to
    return text
  }

  utf16(bytes: number): string {
    const from = this.position
    const to = from + bytes
    if (to > this.end) this.fail('a text is longer than the bytes that are left')
    if (bytes % 2 !== 0) this.fail('a text of 16-bit units ends within one')
    this.position = to
    return this.buffer.ucs2Slice(from, to)
  }

  /** The next so many bytes, as a view. */
  slice(bytes: number): Buffer {
    const from = this.position
    if (bytes > this.end - from) this.fail('a binary is longer than the bytes that are left')
    this.position = from + bytes
    return this.buffer.subarray(from, from + bytes)
  }

  /** A name as `Writer.name` writes it. */
  name(): string {
    const code = this.uint()
    if (code >= NAME_ENTRY) {
      const name = this.#names[code - NAME_ENTRY]
      return name === undefined ? this.fail('a name was never defined') : name
    }
    const name = this.text()
    if (code === NAME_NEW) this.#keep(name)
    return name
  }

  #keep(name: string): void {
    const { namesMax, nameLengthMax } = this.limits
    if (this.#names.length >= namesMax) this.fail('there are too many names')
    if (name.length > nameLengthMax) this.fail('a name is too long to be kept')
    this.#names.push(name)
  }

  /** A value that must be a text: told by its tag, so that texts never lead into each other. */
  text(): string {
    const tag = this.byte()
    if (tag >= STRING_SHORT && tag <= STRING_SHORT + STRING_SHORT_MAX) {
      return this.latin1(tag - STRING_SHORT)
    }
    switch (tag) {
      case LATIN1:
        return this.latin1(this.byte())
      case LATIN1_LONG:
        return this.latin1(this.textLength())
      case UTF8:
        return this.utf8(this.byte())
      case UTF8_LONG:
        return this.utf8(this.textLength())
      case UTF16:
        return this.utf16(this.textLength())
      default:
        return this.fail('a text was expected')
    }
  }
}

const charOf = String.fromCharCode

/** A short text of one byte for each character: a call for each length is the quickest way. */
function bytewise(b: Buffer, p: number, length: number): string {
  const at = (i: number): number => b[p + i] as number
  switch (length) {
    case 0:
      return ''
    case 1:
      return charOf(at(0))
    case 2:
      return charOf(at(0), at(1))
    case 3:
      return charOf(at(0), at(1), at(2))
    case 4:
      return charOf(at(0), at(1), at(2), at(3))
    case 5:
      return charOf(at(0), at(1), at(2), at(3), at(4))
    case 6:
      return charOf(at(0), at(1), at(2), at(3), at(4), at(5))
    case 7:
      return charOf(at(0), at(1), at(2), at(3), at(4), at(5), at(6))
    case 8:
      return charOf(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7))
    case 9:
      return charOf(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8))
    case 10:
      return charOf(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9))
    default:
      return charOf(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9), at(10))
  }
}
