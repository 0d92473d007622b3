/**
 * emergency/due-queue: what waits for its time, the earliest first.
 *
 * A binary heap; ties leave in the order they came, so nobody is overtaken by an equal. It has
 * no limit of its own: whoever fills it has one.
 */

interface Entry<T> {
  readonly item: T
  readonly dueMs: number
  readonly order: number
}

const isBefore = <T>(left: Entry<T>, right: Entry<T>): boolean =>
  left.dueMs === right.dueMs ? left.order < right.order : left.dueMs < right.dueMs

export class DueQueue<T> {
  readonly #heap: Entry<T>[] = []
  #order = 0

  get length(): number {
    return this.#heap.length
  }

  /** When the first is due; undefined when nothing waits. */
  get nextDueMs(): number | undefined {
    return this.#heap[0]?.dueMs
  }

  push(item: T, dueMs: number): void {
    const entry = { item, dueMs, order: this.#order }
    this.#order += 1
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1, entry)
  }

  /** Takes out the first that is due by now; undefined when none is. */
  take(nowMs: number): T | undefined {
    const [first] = this.#heap
    if (first === undefined || first.dueMs > nowMs) return undefined
    const last = this.#heap.pop()
    if (last !== undefined && last !== first) this.#sink(last)
    return first.item
  }

  #rise(from: number, entry: Entry<T>): void {
    const heap = this.#heap
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = heap[above]
      if (other === undefined || !isBefore(entry, other)) break
      heap[at] = other
      at = above
    }
    heap[at] = entry
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const below = isRight ? right : left
      if (!isBefore(below, entry)) break
      heap[at] = below
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = entry
  }
}
