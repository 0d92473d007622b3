/**
 * packet/outline: walks over the bytes of a MessagePack value without building it.
 *
 * The decoder of a library trusts the lengths it reads: five hostile bytes can ask it for an
 * array of four thousand million places. So every datagram is walked first, and what is
 * truncated, nested, an extension or not MessagePack never reaches the decoder.
 * Allocates nothing. Limit: `PACKET_DEPTH_MAX` levels of maps and arrays.
 *
 * @source MessagePack specification, "Formats"
 */

import { isUtf8 } from 'node:buffer'
import { ID_BYTES_MAX } from './position.js'
import type { RejectCause } from './verdict.js'

/** A position is one level deep; a little more is walked so that the cause is named well. */
export const PACKET_DEPTH_MAX = 4

/** Bytes of the values 0xca to 0xd3: floats, then unsigned and signed integers. */
const NUMBER_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8] as const

type Fault = Extract<RejectCause, 'truncated' | 'trailing' | 'malformed' | 'nested' | 'extension'>

/** Reads heads and skips bodies; the first fault ends the walk. */
class Walk {
  readonly #bytes: Uint8Array
  #at = 0
  fault: Fault | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** Walks one value; false when it found a fault. */
  value(depth: number): boolean {
    const head = this.#unsigned(1)
    if (head < 0) return false
    if (head <= 0x7f || head >= 0xe0) return true
    if (head <= 0x8f) return this.#items(2 * (head & 0x0f), depth)
    if (head <= 0x9f) return this.#items(head & 0x0f, depth)
    if (head <= 0xbf) return this.#text(head & 0x1f)
    return this.#longForm(head, depth)
  }

  #longForm(head: number, depth: number): boolean {
    if (head === 0xc1) return this.#stop('malformed')
    if (head <= 0xc3) return true
    if (head <= 0xc6) return this.#skip(this.#unsigned(1 << (head - 0xc4)))
    if (head <= 0xc9) return this.#stop('extension')
    if (head <= 0xd3) return this.#skip(NUMBER_BYTES[head - 0xca] ?? 0)
    if (head <= 0xd8) return this.#stop('extension')
    if (head <= 0xdb) return this.#text(this.#unsigned(1 << (head - 0xd9)))
    if (head <= 0xdd) return this.#items(this.#unsigned(head === 0xdc ? 2 : 4), depth)
    return this.#items(2 * this.#unsigned(head === 0xde ? 2 : 4), depth)
  }

  #stop(fault: Fault): false {
    this.fault ??= fault
    return false
  }

  /** A big-endian number of 1, 2 or 4 bytes, or -1 with the fault set when they are not there. */
  #unsigned(width: number): number {
    if (this.#at + width > this.#bytes.length) {
      this.#stop('truncated')
      return -1
    }
    let number = 0
    for (let i = 0; i < width; i += 1) number = number * 256 + (this.#bytes[this.#at + i] ?? 0)
    this.#at += width
    return number
  }

  #skip(length: number): boolean {
    if (length < 0) return false
    if (this.#at + length > this.#bytes.length) return this.#stop('truncated')
    this.#at += length
    return true
  }

  #text(length: number): boolean {
    const start = this.#at
    if (!this.#skip(length)) return false
    // Some decoders take the mark away and so make an id that was too long one that is not.
    if (length > ID_BYTES_MAX && this.#isMarked(start)) return this.#stop('malformed')
    return isUtf8(this.#bytes.subarray(start, this.#at)) || this.#stop('malformed')
  }

  /** True where a text begins with the byte order mark. */
  #isMarked(at: number): boolean {
    const bytes = this.#bytes
    return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf
  }

  #items(count: number, depth: number): boolean {
    if (count < 0) return false
    if (depth === PACKET_DEPTH_MAX) return this.#stop('nested')
    // Every item takes at least one byte, so a count that lies ends with the bytes.
    for (let i = 0; i < count; i += 1) if (!this.value(depth + 1)) return false
    return true
  }
}

/** The fault that makes these bytes unfit for the decoder; undefined when they are fit. */
export function outlineFault(bytes: Uint8Array): Fault | undefined {
  const walk = new Walk(bytes)
  if (walk.value(0) && !walk.atEnd) return 'trailing'
  return walk.fault
}

/** How many entries the map at the start of fit bytes declares; -1 when it is not a map. */
export function declaredEntries(bytes: Uint8Array): number {
  const [head = 0, a = 0, b = 0, c = 0, d = 0] = bytes
  if (head >= 0x80 && head <= 0x8f) return head & 0x0f
  if (head === 0xde) return a * 256 + b
  if (head === 0xdf) return ((a * 256 + b) * 256 + c) * 256 + d
  return -1
}
