/**
 * ports/tcp/chunk-decoder: cuts a stream of bytes into chunks, one at a time.
 *
 * Pull, not push: `feed` what was read, then take `next` until there is none, so that whoever
 * takes may pause between two. A chunk that lies in one read is a view of it; only what spans
 * reads is copied, into a buffer that grows with what has come, never with what was promised.
 * Limit: `chunkBytesMax`; a stream beyond it has a fault and gives nothing any more.
 *
 * @source ergo-features 13 (chunking)
 */
import { type CompleteChunking, readLength } from './chunking.js'

/** Why a stream cannot be cut any further. */
export type ChunkFault =
  /** Above `chunkBytesMax`. */
  | 'chunk-too-large'
  /** A length that counts the header is smaller than the header. */
  | 'chunk-invalid'

const EMPTY = Buffer.alloc(0)
/** The smallest buffer for what spans reads, in bytes. */
const HELD_BYTES_MIN = 64

export class ChunkDecoder {
  readonly #chunking: CompleteChunking
  /** What was fed, from `#at` on not yet looked at. */
  #input: Buffer = EMPTY
  #at = 0
  /** The beginning of a chunk that came before the input; the first `#heldBytes` of it. */
  #held: Buffer = EMPTY
  #heldBytes = 0
  #fault: ChunkFault | undefined
  #fedBytes = 0
  #cutBytes = 0

  constructor(chunking: CompleteChunking) {
    this.#chunking = chunking
  }

  /** Set once the stream cannot be cut any further. */
  get fault(): ChunkFault | undefined {
    return this.#fault
  }

  /** Bytes that are in no chunk yet; at the end of the stream, those that never will be. */
  get pendingBytes(): number {
    return this.#fedBytes - this.#cutBytes
  }

  /** Gives it more of the stream; only when `next` has answered undefined. */
  feed(bytes: Uint8Array): void {
    this.#fedBytes += bytes.length
    if (this.#fault !== undefined) return
    this.#input = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = 0
  }

  /** The next chunk; undefined when more of the stream is needed, or after a fault. */
  next(): Uint8Array | undefined {
    const chunk = this.#fault === undefined ? this.#take(this.#chunking) : undefined
    // All of it was cut or copied: an idle connection must not keep its last read.
    if (chunk === undefined) this.#release()
    return chunk
  }

  /**
   * What is in no chunk when the stream has ended, as its last chunk; undefined when nothing is.
   * Only when `next` has answered undefined; a fault when it is above `bytesMax`.
   */
  takeRest(bytesMax: number): Uint8Array | undefined {
    if (this.#heldBytes === 0) return undefined
    return this.#heldBytes > bytesMax ? this.#fail('chunk-too-large') : this.#cut(this.#heldBytes)
  }

  #take(chunking: CompleteChunking): Uint8Array | undefined {
    switch (chunking.kind) {
      case 'off':
        return this.#at < this.#input.length ? this.#cut(this.#input.length - this.#at) : undefined
      case 'fixed':
        return this.#has(chunking.chunkBytes) ? this.#cut(chunking.chunkBytes) : undefined
      case 'length':
        return this.#nextByLength(chunking)
      case 'delimiter':
        return this.#nextByDelimiter(chunking)
    }
  }

  #nextByLength(chunking: CompleteChunking & { readonly kind: 'length' }): Uint8Array | undefined {
    const { headerBytes, lengthAt, lengthBytes, lengthIncludesHeader, chunkBytesMax } = chunking
    if (!this.#has(headerBytes)) return undefined
    const isHeld = this.#heldBytes > 0
    const at = isHeld ? lengthAt : this.#at + lengthAt
    const told = readLength(isHeld ? this.#held : this.#input, at, lengthBytes)
    const total = lengthIncludesHeader ? told : told + headerBytes
    if (total < headerBytes) return this.#fail('chunk-invalid')
    if (total > chunkBytesMax) return this.#fail('chunk-too-large')
    if (!this.#has(total)) return undefined
    const whole = this.#cut(total)
    return chunking.keepHeader ? whole : whole.subarray(headerBytes)
  }

  #nextByDelimiter({
    delimiter,
    keepDelimiter,
    chunkBytesMax,
  }: CompleteChunking & { readonly kind: 'delimiter' }): Uint8Array | undefined {
    const found = this.#find(delimiter)
    const bodyBytes = found ?? this.pendingBytes - (delimiter.length - 1)
    if (bodyBytes > chunkBytesMax) return this.#fail('chunk-too-large')
    if (found === undefined) return this.#hold(this.#input.length - this.#at)
    // True for what was found; it brings the bytes into one place.
    this.#has(found + delimiter.length)
    const whole = this.#cut(found + delimiter.length)
    return keepDelimiter ? whole : whole.subarray(0, found)
  }

  /** Where the delimiter begins, counted from the beginning of the chunk. */
  #find(delimiter: Uint8Array): number | undefined {
    const acrossBytes = Math.min(delimiter.length - 1, this.#heldBytes)
    if (acrossBytes > 0) {
      // What was held had no delimiter, but one may begin in its last bytes.
      const from = this.#heldBytes - acrossBytes
      const until = Math.min(this.#input.length, this.#at + delimiter.length - 1)
      const seam = Buffer.concat([
        this.#held.subarray(from, this.#heldBytes),
        this.#input.subarray(this.#at, until),
      ])
      const place = seam.indexOf(delimiter)
      if (place !== -1) return from + place
    }
    const place = this.#input.indexOf(delimiter, this.#at)
    return place === -1 ? undefined : this.#heldBytes + place - this.#at
  }

  /** True when that many bytes have come, in one place; otherwise what is there is held. */
  #has(bytes: number): boolean {
    const rest = this.#input.length - this.#at
    if (this.#heldBytes === 0) {
      if (rest >= bytes) return true
      this.#hold(rest)
      return false
    }
    this.#hold(Math.min(rest, bytes - this.#heldBytes))
    return this.#heldBytes >= bytes
  }

  /** Keeps so many bytes of the input behind what is held. */
  #hold(bytes: number): undefined {
    if (bytes <= 0) return
    const wanted = this.#heldBytes + bytes
    if (wanted > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(wanted, HELD_BYTES_MIN, this.#heldBytes * 2))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    this.#input.copy(this.#held, this.#heldBytes, this.#at, this.#at + bytes)
    this.#heldBytes = wanted
    this.#at += bytes
  }

  /** Takes away that many bytes, which are in one place. */
  #cut(bytes: number): Uint8Array {
    this.#cutBytes += bytes
    if (this.#heldBytes === 0) {
      const chunk = this.#input.subarray(this.#at, this.#at + bytes)
      this.#at += bytes
      return chunk
    }
    // The buffer goes with the chunk; the next one gets its own.
    const chunk = this.#held.subarray(0, bytes)
    this.#held = EMPTY
    this.#heldBytes = 0
    return chunk
  }

  #release(): void {
    this.#input = EMPTY
    this.#at = 0
  }

  #fail(fault: ChunkFault): undefined {
    this.#fault = fault
    this.#held = EMPTY
    this.#heldBytes = 0
  }
}
