/**
 * kinds/gzip: how small a text becomes.
 *
 * The text is cut anew into blocks of one size and the header is made the same everywhere, so
 * that the bytes do not depend on the pieces it came in. They do depend on the zlib of the Node
 * that runs: nodes of one cluster have the same one.
 */
import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { createGzip, type Gzip } from 'node:zlib'
import type { JobParameters } from '#jobs/job/job'
import type { Finished, Kind, Problem, Work } from './kind.js'

export interface GzipResult {
  /** Of the text, and of what it became. */
  readonly bytes: number
  readonly compressed: number
  /** Compressed by whole; 1 for an empty text. Four digits. */
  readonly ratio: number
  /** Of what it became. */
  readonly sha256: string
}

const BLOCK_BYTES = 64 * 1_024

/** Where a header says on which system it was made, and what it says when it does not tell. */
const SYSTEM_AT = 9
const SYSTEM_UNKNOWN = 255

/** One compressor and what came out of it. */
class Press {
  readonly #gzip: Gzip
  readonly #hash: Hash = createHash('sha256')
  readonly #ended: Promise<unknown>
  #bytes = 0

  constructor(level: number) {
    this.#gzip = createGzip({ level })
    this.#gzip.on('data', (out: Buffer) => this.#take(out))
    this.#ended = once(this.#gzip, 'end')
  }

  async write(block: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.#gzip.write(block, () => resolve()))
  }

  async end(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    this.#gzip.end()
    await this.#ended
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  #take(out: Buffer): void {
    const at = SYSTEM_AT - this.#bytes
    if (at >= 0 && at < out.length) out[at] = SYSTEM_UNKNOWN
    this.#bytes += out.length
    this.#hash.update(out)
  }
}

class Pressing implements Work {
  readonly #presses: readonly Press[]
  readonly #block = new Uint8Array(BLOCK_BYTES)
  #filled = 0
  #bytes = 0

  constructor(level: number, passes: number) {
    this.#presses = Array.from({ length: passes }, () => new Press(level))
  }

  async take(piece: Uint8Array): Promise<Problem> {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + BLOCK_BYTES - this.#filled)
      this.#block.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled === BLOCK_BYTES) await this.#flush()
    }
    this.#bytes += piece.length
    return undefined
  }

  async finish(): Promise<Finished> {
    if (this.#filled > 0) await this.#flush()
    const ends = await Promise.all(this.#presses.map((press) => press.end()))
    const [first] = ends
    if (first === undefined || ends.some((end) => end.sha256 !== first.sha256)) {
      return { kind: 'failed', problem: 'two passes gave different bytes' }
    }
    const { bytes: compressed, sha256 } = first
    const ratio = this.#bytes === 0 ? 1 : Number((compressed / this.#bytes).toFixed(4))
    const result: GzipResult = { bytes: this.#bytes, compressed, ratio, sha256 }
    return { kind: 'done', result }
  }

  /** Settles when all have taken it: the block is used again. */
  async #flush(): Promise<void> {
    const block = this.#block.subarray(0, this.#filled)
    for (const press of this.#presses) await press.write(block)
    this.#filled = 0
  }
}

export const gzip: Kind = {
  name: 'gzip',
  begin: ({ level = 6, passes = 1 }: JobParameters) => new Pressing(level, passes),
  textShare: () => 1,
}
