/**
 * web/attempts: wrong tokens of one address, so that nobody can try them all.
 *
 * Limit: `TRIES` at once and one more each `EVERY_MS`, of each address; of all addresses beyond
 * `ADDRESSES_MAX` together.
 */
import { placeOfAddress } from './address.js'

const TRIES = 10
const EVERY_MS = 6_000
const ADDRESSES_MAX = 1_024
const OTHERS = '*'

interface Tries {
  left: number
  atMs: number
}

export class Attempts {
  readonly #nowMs: () => number
  readonly #tries = new Map<string, Tries>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string): number {
    const tries = this.#of(address)
    return tries.left >= 1 ? 0 : Math.ceil((1 - tries.left) * EVERY_MS)
  }

  /** A token of this address was wrong. */
  failed(address: string): void {
    const tries = this.#of(address)
    tries.left -= 1
  }

  #of(address: string): Tries {
    const nowMs = this.#nowMs()
    const place = placeOfAddress(address)
    const known = this.#tries.get(place)
    if (known !== undefined) {
      known.left = Math.min(TRIES, known.left + (nowMs - known.atMs) / EVERY_MS)
      known.atMs = nowMs
      return known
    }
    if (this.#tries.size >= ADDRESSES_MAX) this.#forgetRested(nowMs)
    const isFull = this.#tries.size >= ADDRESSES_MAX && place !== OTHERS
    if (isFull) return this.#of(OTHERS)
    const fresh = { left: TRIES, atMs: nowMs }
    this.#tries.set(place, fresh)
    return fresh
  }

  #forgetRested(nowMs: number): void {
    for (const [place, { left, atMs }] of this.#tries) {
      if (left + (nowMs - atMs) / EVERY_MS >= TRIES) this.#tries.delete(place)
    }
  }
}
