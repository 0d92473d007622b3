/**
 * base/ring: a first-in first-out queue in one array that grows by doubling.
 *
 * Pushing and taking move an index and allocate nothing. It gives memory back when it runs
 * empty after having grown above what it may keep.
 */

const START_SLOTS = 16
/** Slots an empty ring keeps unless told otherwise. */
const KEPT_SLOTS_MAX = 65_536

export class Ring<T> {
  #slots: (T | undefined)[] = new Array<T | undefined>(START_SLOTS).fill(undefined)
  #mask = START_SLOTS - 1
  #head = 0
  #tail = 0
  readonly #keptSlotsMax: number

  /** `keptSlotsMax`: more slots than this are given back when the ring runs empty. */
  constructor(keptSlotsMax = KEPT_SLOTS_MAX) {
    this.#keptSlotsMax = keptSlotsMax
  }

  get size(): number {
    return (this.#tail - this.#head) & this.#mask
  }

  push(item: T): void {
    this.#slots[this.#tail] = item
    this.#tail = (this.#tail + 1) & this.#mask
    if (this.#tail === this.#head) this.#grow()
  }

  /** The oldest item, or undefined when the ring is empty. */
  take(): T | undefined {
    if (this.#head === this.#tail) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & this.#mask
    if (this.#head === this.#tail && this.#mask >= this.#keptSlotsMax) this.#shrink()
    return item
  }

  /** The oldest item, which stays. */
  get first(): T | undefined {
    return this.#slots[this.#head]
  }

  /** What is in it, the oldest first; nothing may be pushed or taken meanwhile. */
  *items(): Generator<T> {
    for (let at = this.#head; at !== this.#tail; at = (at + 1) & this.#mask) {
      yield this.#slots[at] as T
    }
  }

  #grow(): void {
    const old = this.#slots
    const count = old.length
    const slots = new Array<T | undefined>(count * 2).fill(undefined)
    for (let i = 0; i < count; i += 1) slots[i] = old[(this.#head + i) & this.#mask]
    this.#slots = slots
    this.#mask = count * 2 - 1
    this.#head = 0
    this.#tail = count
  }

  #shrink(): void {
    this.#slots = new Array<T | undefined>(START_SLOTS).fill(undefined)
    this.#mask = START_SLOTS - 1
    this.#head = 0
    this.#tail = 0
  }
}
