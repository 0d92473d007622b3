/**
 * store/nearest: keeps the few smallest of many candidates, in order.
 *
 * Knows nothing of vehicles: a candidate is a slot and its distance. Insertion into a short
 * sorted list beats a heap here, since nearly all candidates fail the first comparison.
 */

/** Decides between two slots at exactly the same distance; smaller comes first. */
export type TieBreak = (left: number, right: number) => number

export class Nearest {
  readonly #limit: number
  readonly #tieBreak: TieBreak
  readonly #slots: number[] = []
  readonly #distances: number[] = []

  constructor(limit: number, tieBreak: TieBreak) {
    this.#limit = limit
    this.#tieBreak = tieBreak
  }

  /** Slots with their distances, nearest first. */
  get found(): readonly { readonly slot: number; readonly distance: number }[] {
    return this.#slots.map((slot, i) => ({ slot, distance: this.#distances[i] ?? 0 }))
  }

  /** What a candidate must not exceed to come in: infinite until the list is full. */
  get bound(): number {
    const full = this.#slots.length >= this.#limit
    return full ? (this.#distances[this.#limit - 1] ?? -1) : Number.POSITIVE_INFINITY
  }

  offer(slot: number, distance: number): void {
    if (distance > this.bound) return
    let at = this.#slots.length
    while (at > 0 && this.#isBefore(slot, distance, at - 1)) at -= 1
    if (at >= this.#limit) return
    this.#slots.splice(at, 0, slot)
    this.#distances.splice(at, 0, distance)
    if (this.#slots.length > this.#limit) {
      this.#slots.pop()
      this.#distances.pop()
    }
  }

  #isBefore(slot: number, distance: number, index: number): boolean {
    const other = this.#distances[index] ?? 0
    if (distance !== other) return distance < other
    return this.#tieBreak(slot, this.#slots[index] ?? 0) < 0
  }
}
