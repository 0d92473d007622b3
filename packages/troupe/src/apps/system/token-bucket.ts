/**
 * apps/system/token-bucket: so many in a second, and twice as many at once after a rest.
 */
export class TokenBucket {
  readonly #perSecond: number
  #tokens: number
  #atMs: number

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#tokens = 2 * perSecond
    this.#atMs = nowMs
  }

  /** Takes `count`; 0 when they were there, else how long it takes until they are. */
  take(count: number, nowMs: number): number {
    this.#fill(nowMs)
    if (this.#tokens >= count) {
      this.#tokens -= count
      return 0
    }
    return Math.max(1, Math.ceil(((count - this.#tokens) * 1_000) / this.#perSecond))
  }

  /** Gives back what was taken for nothing. */
  giveBack(count: number): void {
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + count)
  }

  /** Nothing was taken lately: forgetting it changes nothing. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs)
    return this.#tokens >= 2 * this.#perSecond
  }

  #fill(nowMs: number): void {
    const gained = ((nowMs - this.#atMs) * this.#perSecond) / 1_000
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + Math.max(0, gained))
    this.#atMs = nowMs
  }
}
