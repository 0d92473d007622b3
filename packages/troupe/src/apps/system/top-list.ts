/**
 * apps/system/top-list: the highest few of very many, of which nothing else is kept.
 *
 * Ask `takes` first: almost all of very many are told by one comparison, without a row being made.
 * Of equal values the first one stays.
 */

interface Kept<R> {
  readonly value: number
  readonly row: R
}

export class TopList<R> {
  readonly #limit: number
  readonly #kept: Kept<R>[] = []
  /** The lowest value that is kept once the list is full. */
  #least = Number.NEGATIVE_INFINITY

  constructor(limit: number) {
    this.#limit = limit
  }

  /** True when a row of this value would be among the highest so far. */
  takes(value: number): boolean {
    return value > this.#least && this.#limit > 0
  }

  add(value: number, row: R): void {
    const kept = this.#kept
    let [low, high] = [0, kept.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (value > (kept[middle] as Kept<R>).value) high = middle
      else low = middle + 1
    }
    kept.splice(low, 0, { value, row })
    if (kept.length > this.#limit) kept.pop()
    if (kept.length === this.#limit) this.#least = (kept.at(-1) as Kept<R>).value
  }

  get rows(): readonly R[] {
    return this.#kept.map(({ row }) => row)
  }
}
