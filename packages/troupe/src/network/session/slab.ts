/**
 * network/session/slab: the memory messages are encoded into, used again once the peer has them.
 */

/** Bytes of one slab. */
export const SLAB_BYTES = 131_072
/** Free slabs kept for later. */
const FREE_SLABS_MAX = 32

export class Slab {
  readonly buffer: Buffer
  /** Segments in it that the peer has not acknowledged. */
  segments = 0
  /** No more is written into it. */
  full = false

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }
}

/** The slabs of one session. */
export class Slabs {
  readonly #free: Buffer[] = []

  take(): Slab {
    return new Slab(this.#free.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES))
  }

  /** A slab that is full and of which the peer has everything. */
  release(slab: Slab): void {
    const isOurs = slab.buffer.length === SLAB_BYTES
    if (isOurs && this.#free.length < FREE_SLABS_MAX) this.#free.push(slab.buffer)
  }
}
