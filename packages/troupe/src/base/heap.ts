/**
 * base/heap: a binary heap of items ordered by a number, smallest first, with removal.
 *
 * Each item carries its own position (`heapIndex`), so that removing one needs no search:
 * a million timers may be cancelled in any order.
 */

/** What an item must carry to lie in a heap; the heap alone writes `heapIndex`. */
export interface HeapItem {
  /** The order: smaller comes out first. Must not change while the item lies in the heap. */
  readonly dueMs: number
  /** Breaks ties: items due together come out in the order of this number. */
  readonly order: number
  /** Place in the heap, or -1 outside of it. */
  heapIndex: number
}

const before = (left: HeapItem, right: HeapItem): boolean =>
  left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.order < right.order)

export class Heap<T extends HeapItem> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  pop(): T | undefined {
    const top = this.#items[0]
    if (top !== undefined) this.remove(top)
    return top
  }

  /** Takes an item out; answers false when it does not lie here. */
  remove(item: T): boolean {
    const index = item.heapIndex
    if (index < 0 || this.#items[index] !== item) return false
    item.heapIndex = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return true
    if (index > 0 && before(last, this.#at((index - 1) >> 1))) this.#rise(last, index)
    else this.#sink(last, index)
    return true
  }

  #at(index: number): T {
    return this.#items[index] as T
  }

  #put(item: T, index: number): void {
    this.#items[index] = item
    item.heapIndex = index
  }

  #rise(item: T, from: number): void {
    let index = from
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.#at(parentIndex)
      if (!before(item, parent)) break
      this.#put(parent, index)
      index = parentIndex
    }
    this.#put(item, index)
  }

  #sink(item: T, from: number): void {
    const size = this.#items.length
    let index = from
    for (let child = 2 * index + 1; child < size; child = 2 * index + 1) {
      if (child + 1 < size && before(this.#at(child + 1), this.#at(child))) child += 1
      const smaller = this.#at(child)
      if (!before(smaller, item)) break
      this.#put(smaller, index)
      index = child
    }
    this.#put(item, index)
  }
}
