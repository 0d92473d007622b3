/**
 * apps/system/count-spread: how many of very many values lie between bounds, and the highest.
 */
import type { CountSheet } from '#cluster'

export class CountSpread {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #max = 0

  /** `bounds` rise; a value that equals one is counted below it. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = new Array<number>(bounds.length + 1).fill(0)
  }

  add(value: number): void {
    const bounds = this.#bounds
    let at = 0
    while (at < bounds.length && value > (bounds[at] as number)) at += 1
    this.#counts[at] = (this.#counts[at] as number) + 1
    if (value > this.#max) this.#max = value
  }

  sheet(): CountSheet {
    return { bounds: this.#bounds, counts: [...this.#counts], max: this.#max }
  }
}
