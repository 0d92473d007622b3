/**
 * apps/system/best-rows: the highest few of very many, without keeping the rest.
 *
 * Sorted by value, the highest first; of equal ones the one with the lower id. A row is made only
 * for what is among the highest so far.
 */

import type { ProcessGlance, ProcessRow } from '#contract'
import { rowOf } from './row.js'

/** A row and by what it was kept. */
export interface Kept {
  readonly value: number
  readonly id: number
  readonly row: ProcessRow
}

const comesBefore = (value: number, id: number, other: Kept): boolean =>
  value > other.value || (value === other.value && id < other.id)

export class BestRows {
  readonly #limit: number
  readonly #kept: Kept[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  offer(glance: ProcessGlance, value: number): void {
    const { id } = glance
    const last = this.#kept.at(-1)
    const isFull = this.#kept.length === this.#limit
    if (isFull && last !== undefined && !comesBefore(value, id, last)) return
    let [low, high] = [0, this.#kept.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (comesBefore(value, id, this.#kept[middle] as Kept)) high = middle
      else low = middle + 1
    }
    if (isFull) this.#kept.pop()
    this.#kept.splice(low, 0, { value, id, row: rowOf(glance) })
  }

  get kept(): readonly Kept[] {
    return this.#kept
  }

  get rows(): readonly ProcessRow[] {
    return this.#kept.map(({ row }) => row)
  }

  /** Value and id of the last row. */
  get last(): readonly [number, number] | undefined {
    const last = this.#kept.at(-1)
    return last === undefined ? undefined : [last.value, last.id]
  }
}
