/**
 * coordinator/heap: the least of many, by a number; equals leave in the order they came.
 *
 * A binary heap. It has no limit of its own: whoever fills it has one.
 */
interface Place<T> {
  readonly item: T
  readonly rank: number
  readonly order: number
}

const isBefore = <T>(left: Place<T>, right: Place<T>): boolean =>
  left.rank === right.rank ? left.order < right.order : left.rank < right.rank

export class Heap<T> {
  readonly #places: Place<T>[] = []
  #order = 0

  get length(): number {
    return this.#places.length
  }

  /** The rank of the first; undefined when there is none. */
  get firstRank(): number | undefined {
    return this.#places[0]?.rank
  }

  push(item: T, rank: number): void {
    const place = { item, rank, order: this.#order }
    this.#order += 1
    this.#places.push(place)
    this.#rise(this.#places.length - 1, place)
  }

  take(): T | undefined {
    const [first] = this.#places
    if (first === undefined) return undefined
    const last = this.#places.pop()
    if (last !== undefined && last !== first) this.#sink(last)
    return first.item
  }

  #rise(from: number, place: Place<T>): void {
    const places = this.#places
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = places[above]
      if (other === undefined || !isBefore(place, other)) break
      places[at] = other
      at = above
    }
    places[at] = place
  }

  #sink(place: Place<T>): void {
    const places = this.#places
    let at = 0
    for (;;) {
      const left = places[2 * at + 1]
      const right = places[2 * at + 2]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const below = isRight ? right : left
      if (!isBefore(below, place)) break
      places[at] = below
      at = 2 * at + (isRight ? 2 : 1)
    }
    places[at] = place
  }
}
