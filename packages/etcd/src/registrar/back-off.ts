/**
 * registrar/back-off: how long to wait before something is tried again.
 *
 * Doubles from attempt to attempt; half of it is chance, so that nodes which lost their etcd in the
 * same moment do not come back in the same moment.
 */
import type { Random } from 'troupe/registrar'

export interface BackOffLimits {
  readonly firstMs: number
  readonly mostMs: number
}

export const BACK_OFF_DEFAULTS: BackOffLimits = Object.freeze({ firstMs: 200, mostMs: 10_000 })

export class BackOff {
  readonly #random: Random
  readonly #limits: BackOffLimits
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

/** What was not needed for so long is done at once again. */
const QUIET_MS = 120_000

/** How long to wait before what is done at once, unless it comes again and again. */
export class Patience {
  readonly #backOff: BackOff
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(random: Random, limits = BACK_OFF_DEFAULTS) {
    this.#backOff = new BackOff(random, limits)
  }

  nextMs(nowMs: number): number {
    const isFirst = nowMs - this.#lastMs > QUIET_MS
    this.#lastMs = nowMs
    if (isFirst) this.#backOff.reset()
    return isFirst ? 0 : this.#backOff.nextMs()
  }
}
