/**
 * hub/buckets: token buckets, one for each key: so much at once, and so much more each second.
 *
 * Limit: `keptMax` keys; those beyond them have one bucket together.
 */

const KEPT_MAX = 2_048
/** No node, session or address is called so. */
const OTHERS = ''

export interface BucketLimits {
  readonly perSecond: number
  /** What there is after a rest. */
  readonly atOnce: number
  /** Default 2,048. */
  readonly keptMax?: number
}

interface Bucket {
  left: number
  atMs: number
}

export class Buckets {
  readonly #limits: Required<BucketLimits>
  readonly #nowMs: () => number
  readonly #buckets = new Map<string, Bucket>()

  constructor(limits: BucketLimits, nowMs: () => number) {
    this.#limits = { keptMax: KEPT_MAX, ...limits }
    this.#nowMs = nowMs
  }

  /** How many are kept: what its tests look at. */
  get kept(): number {
    return this.#buckets.size
  }

  /** How much of a key is there now; less than nothing after more was spent. */
  left(key: string): number {
    return this.#of(key).left
  }

  /** Milliseconds until so much is there; 0: now. */
  waitMs(key: string, cost: number): number {
    const missing = cost - this.#of(key).left
    return missing > 0 ? Math.ceil((missing * 1_000) / this.#limits.perSecond) : 0
  }

  /** Takes so much, be it there or not. */
  spend(key: string, cost: number): void {
    this.#of(key).left -= cost
  }

  /**
   * Takes so much when it is there, and so much stays there for others: `kept`. 0, or the
   * milliseconds until it is there, and nothing is taken. What is more than can ever be there is
   * had for all there can be.
   */
  take(key: string, cost: number, kept = 0): number {
    const taken = Math.min(cost, this.#limits.atOnce - kept)
    const waitMs = this.waitMs(key, taken + kept)
    if (waitMs === 0) this.spend(key, taken)
    return waitMs
  }

  /** Gives back what was taken for nothing. */
  giveBack(key: string, cost: number): void {
    this.#of(key).left += Math.min(cost, this.#limits.atOnce)
  }

  #of(key: string): Bucket {
    const nowMs = this.#nowMs()
    const known = this.#buckets.get(key)
    if (known !== undefined) {
      known.left = this.#leftAt(known, nowMs)
      known.atMs = nowMs
      return known
    }
    const { atOnce, keptMax } = this.#limits
    if (this.#buckets.size >= keptMax) this.#forgetRested(nowMs)
    if (this.#buckets.size >= keptMax && key !== OTHERS) return this.#of(OTHERS)
    const fresh = { left: atOnce, atMs: nowMs }
    this.#buckets.set(key, fresh)
    return fresh
  }

  #leftAt({ left, atMs }: Bucket, nowMs: number): number {
    const { perSecond, atOnce } = this.#limits
    return Math.min(atOnce, left + ((nowMs - atMs) * perSecond) / 1_000)
  }

  #forgetRested(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#leftAt(bucket, nowMs) >= this.#limits.atOnce) this.#buckets.delete(key)
    }
  }
}
