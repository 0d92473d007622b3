/**
 * latencies: how long answers took, in buckets that grow by a twentieth.
 *
 * Pure. Memory does not grow with the number of answers; a figure is right within five per cent.
 */

const GROWTH = Math.log(1.05)
/** Below this, in milliseconds, all are alike. */
const LEAST_MS = 0.05

export class Latencies {
  readonly #buckets: number[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  add(ms: number): void {
    const at = Math.max(0, Math.ceil(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH))
    this.#buckets[at] = (this.#buckets[at] ?? 0) + 1
    this.#count += 1
  }

  /** The time that a share of the answers, such as 0.99, did not exceed; undefined without any. */
  quantile(share: number): number | undefined {
    let left = Math.ceil(this.#count * share)
    if (left === 0) return undefined
    for (const [at, count = 0] of this.#buckets.entries()) {
      left -= count
      if (left <= 0) return LEAST_MS * Math.exp(at * GROWTH)
    }
    return undefined
  }
}
