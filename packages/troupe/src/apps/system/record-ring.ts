/**
 * apps/system/record-ring: the newest records of a kind, each with its number.
 *
 * Limit: `lengthMax` records; beyond it the oldest leave. Numbers count all of them, so that a gap
 * shows what was not kept.
 */
export interface Numbered {
  readonly number: number
}

export class RecordRing<T extends Numbered> {
  readonly #lengthMax: number
  readonly #kept: T[] = []
  /** The place of the oldest once all places are taken. */
  #oldest = 0
  #last = 0

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax
  }

  /** It keeps nothing at all. */
  get isNone(): boolean {
    return this.#lengthMax === 0
  }

  get kept(): number {
    return this.#kept.length
  }

  /** Records that are not kept: they left, or were never put. */
  get gone(): number {
    return this.#last - this.#kept.length
  }

  /** The number of the next record; it is taken whether the record is put or not. */
  nextNumber(): number {
    this.#last += 1
    return this.#last
  }

  put(record: T): void {
    if (this.#lengthMax === 0) return
    if (this.#kept.length < this.#lengthMax) {
      this.#kept.push(record)
      return
    }
    this.#kept[this.#oldest] = record
    this.#oldest = (this.#oldest + 1) % this.#lengthMax
  }

  /** Those below a number, the newest first; whatever is put meanwhile. */
  *newest(below: number): Generator<T> {
    let before = below
    for (let back = 1; back <= this.#kept.length; back += 1) {
      const { length } = this.#kept
      const record = this.#kept[(this.#oldest - back + 2 * length) % length] as T
      if (record.number >= before) continue
      before = record.number
      yield record
    }
  }
}
