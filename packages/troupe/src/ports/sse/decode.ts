/**
 * ports/sse/decode: an event stream, cut into events as it is read.
 *
 * Pull, not push: `feed` what was read, then take `next` until there is none. Exactly the format
 * of browsers: lines end with LF, CR or CRLF, one byte order mark at the start is no part of it,
 * what is no UTF-8 becomes U+FFFD, unknown fields and comments are left out, an `id` with NUL is
 * ignored, and an event that is not ended by an empty line never was.
 * Limits: `lineBytesMax`, and `eventBytesMax` for the data of one event; beyond them the stream
 * has a fault and gives nothing any more.
 *
 * @source WHATWG HTML, 9.2.5 and 9.2.6 "Interpreting an event stream"
 */

/** One event of a stream. */
export interface SseEvent {
  /** Its type; `message` when the stream names none. */
  readonly event: string
  readonly data: string
  /** The last id the stream has told until here; empty without one. */
  readonly lastEventId: string
}

/** Why a stream cannot be read any further. */
export type SseFault = 'line-too-long' | 'event-too-large'

/** How much a stream may ask for. */
export interface SseDecoderLimits {
  /** The longest line, in bytes. */
  readonly lineBytesMax: number
  /** The data of one event, in bytes. */
  readonly eventBytesMax: number
}

const LF = 0x0a
const CR = 0x0d
const EMPTY = Buffer.alloc(0)
/** The smallest buffer for a line that spans reads, in bytes. */
const HELD_BYTES_MIN = 256
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const DIGITS = /^[0-9]+$/

export class SseDecoder {
  readonly #limits: SseDecoderLimits
  #input: Buffer = EMPTY
  #at = 0
  /** Where the next of each is in the input, as far as it was looked for. */
  #nextLf = -1
  #nextCr = -1
  /** The beginning of a line that came before the input; the first `#heldBytes` of it. */
  #held: Buffer = EMPTY
  #heldBytes = 0
  /** The last line ended with CR: an LF that follows belongs to it. */
  #isAfterCr = false
  #isFirstLine = true
  #event = ''
  #data: string[] = []
  #dataBytes = 0
  #id: string
  #lastEventId: string
  #retryMs: number | undefined
  #fault: SseFault | undefined
  /** Lines that tell nothing, such as heartbeats. */
  comments = 0

  constructor(limits: SseDecoderLimits, lastEventId = '') {
    this.#limits = limits
    this.#id = lastEventId
    this.#lastEventId = lastEventId
  }

  /** Set once the stream cannot be read any further. */
  get fault(): SseFault | undefined {
    return this.#fault
  }

  /** What to come again with: the id of the last whole event. */
  get lastEventId(): string {
    return this.#lastEventId
  }

  /** How long to wait before coming again, in milliseconds, when the stream has told. */
  get retryMs(): number | undefined {
    return this.#retryMs
  }

  /** Gives it more of the stream; only when `next` has answered undefined. */
  feed(bytes: Uint8Array): void {
    this.#input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = 0
    this.#nextLf = this.#input.indexOf(LF)
    this.#nextCr = this.#input.indexOf(CR)
  }

  /** The next event; undefined when more of the stream is needed, or after a fault. */
  next(): SseEvent | undefined {
    while (this.#fault === undefined) {
      const line = this.#line()
      if (line === undefined) break
      const event = this.#interpret(line)
      if (event !== undefined) return event
    }
    this.#input = EMPTY
    this.#at = 0
    return undefined
  }

  /** The next whole line without its end. */
  #line(): string | undefined {
    if (this.#isAfterCr && this.#at < this.#input.length) {
      this.#isAfterCr = false
      if (this.#input[this.#at] === LF) this.#at += 1
    }
    const end = this.#lineEnd()
    if (end === -1) return this.#hold()
    const bytes = this.#heldBytes + end - this.#at
    if (bytes > this.#limits.lineBytesMax) return this.#fail('line-too-long')
    const line = this.#heldBytes === 0 ? this.#input.subarray(this.#at, end) : this.#joined(end)
    this.#isAfterCr = this.#input[end] === CR
    this.#at = end + 1
    if (!this.#isFirstLine) return line.toString('utf8')
    this.#isFirstLine = false
    const isMarked = line.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    return line.toString('utf8', isMarked ? BYTE_ORDER_MARK.length : 0)
  }

  /** Where the line ends; each byte of the input is looked at once for each of the two. */
  #lineEnd(): number {
    if (this.#nextLf !== -1 && this.#nextLf < this.#at) {
      this.#nextLf = this.#input.indexOf(LF, this.#at)
    }
    if (this.#nextCr !== -1 && this.#nextCr < this.#at) {
      this.#nextCr = this.#input.indexOf(CR, this.#at)
    }
    if (this.#nextLf === -1) return this.#nextCr
    return this.#nextCr === -1 ? this.#nextLf : Math.min(this.#nextLf, this.#nextCr)
  }

  #joined(end: number): Buffer {
    const line = Buffer.concat([
      this.#held.subarray(0, this.#heldBytes),
      this.#input.subarray(this.#at, end),
    ])
    this.#held = EMPTY
    this.#heldBytes = 0
    return line
  }

  /** Keeps what is left of the input: the beginning of a line. */
  #hold(): undefined {
    const bytes = this.#input.length - this.#at
    const wanted = this.#heldBytes + bytes
    if (wanted > this.#limits.lineBytesMax) return this.#fail('line-too-long')
    if (wanted > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(wanted, HELD_BYTES_MIN, this.#heldBytes * 2))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    this.#input.copy(this.#held, this.#heldBytes, this.#at)
    this.#heldBytes = wanted
    return undefined
  }

  #interpret(line: string): SseEvent | undefined {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) {
      this.comments += 1
      return undefined
    }
    if (colon === -1) return this.#field(line, '')
    const isSpaced = line[colon + 1] === ' '
    return this.#field(line.slice(0, colon), line.slice(colon + (isSpaced ? 2 : 1)))
  }

  #field(name: string, value: string): undefined {
    switch (name) {
      case 'event':
        this.#event = value
        break
      case 'data':
        this.#data.push(value)
        this.#dataBytes += Buffer.byteLength(value) + 1
        if (this.#dataBytes > this.#limits.eventBytesMax) this.#fail('event-too-large')
        break
      case 'id':
        if (!value.includes('\0')) this.#id = value
        break
      case 'retry':
        if (DIGITS.test(value)) this.#retryMs = Number(value)
    }
  }

  #dispatch(): SseEvent | undefined {
    this.#lastEventId = this.#id
    const event = this.#event === '' ? 'message' : this.#event
    const hasData = this.#data.length > 0
    const data = this.#data.join('\n')
    this.#event = ''
    this.#data = []
    this.#dataBytes = 0
    return hasData ? { event, data, lastEventId: this.#lastEventId } : undefined
  }

  #fail(fault: SseFault): undefined {
    this.#fault = fault
    this.#held = EMPTY
    this.#heldBytes = 0
    this.#data = []
  }
}
