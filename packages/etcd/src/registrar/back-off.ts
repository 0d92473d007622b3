/**
 * registrar/back-off: how long to wait before something is tried again.
 *
 * Doubles from attempt to attempt; half of it is chance, so that nodes which lost their etcd in the
 * same moment do not come back in the same moment.
 */
import type { Random } from 'troupe/registrar'

export const BACK_OFF_DEFAULTS = Object.freeze({ firstMs: 200, mostMs: 10_000 })

export class BackOff {
  readonly #random: Random
  readonly #limits: typeof BACK_OFF_DEFAULTS
  #attempts = 0

  constructor(random: Random, limits = BACK_OFF_DEFAULTS) {
    this.#random = random
    this.#limits = limits
  }

  get attempts(): number {
    return this.#attempts
  }

  /** The wait before the next attempt. */
  nextMs(): number {
    const { firstMs, mostMs } = this.#limits
    const ms = Math.min(mostMs, firstMs * 2 ** Math.min(this.#attempts, 16))
    this.#attempts += 1
    return ms / 2 + (this.#random.unit() * ms) / 2
  }

  /** It has gone well. */
  reset(): void {
    this.#attempts = 0
  }
}
