/**
 * apps/system/second: at most so many in each second; what is above is left out and counted.
 */
export class PerSecond {
  readonly #most: number
  #startMs = Number.NEGATIVE_INFINITY
  #count = 0

  constructor(most: number) {
    this.#most = most
  }

  /** False when this second has had its share. */
  take(nowMs: number): boolean {
    if (nowMs - this.#startMs >= 1_000) {
      this.#startMs = nowMs
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= this.#most
  }
}
