/**
 * map/watch: what has changed in the table since the last look: who has moved and who is gone.
 *
 * It remembers the report it has seen in each slot and compares, so a report that waited in a
 * mailbox while the clock went on is not missed, and neither is a slot that another vehicle has
 * taken over between two looks. A look takes `slotsMax` slots at the utmost, so it costs the same
 * for a million vehicles as for twenty thousand: beyond that only each n-th slot is seen, always
 * the same ones. Knows nothing of pages.
 */

import type { PositionTable, Report } from '#traffic/store/position-table'

/** Slots seen in one look. */
export const WATCH_SLOTS_MAX = 20_000

/** A vehicle that was seen. */
export interface Sighting {
  /** Number of the vehicle in each frame, until it is told to be gone. */
  readonly slot: number
  readonly report: Report
}

/** What one look has found. */
export interface Look {
  /** Only each so many-th slot is seen; 1 for all. */
  readonly stride: number
  /** Other slots are seen than before: everything before this look is void. */
  readonly isAnew: boolean
  /** Slots whose vehicle is gone; another one may stand among the moved. */
  readonly gone: readonly number[]
  /** Vehicles with a new report. */
  readonly moved: readonly Sighting[]
}

export class Watch {
  readonly #table: Pick<PositionTable, 'at' | 'slots'>
  readonly #slotsMax: number
  /** By slot divided by stride. */
  readonly #seen: (Report | undefined)[] = []
  #stride = 0

  constructor(table: Pick<PositionTable, 'at' | 'slots'>, slotsMax: number = WATCH_SLOTS_MAX) {
    this.#table = table
    this.#slotsMax = slotsMax
  }

  look(): Look {
    const stride = Math.max(1, Math.ceil(this.#table.slots / this.#slotsMax))
    const isAnew = stride !== this.#stride
    if (isAnew) this.#seen.length = 0
    this.#stride = stride
    const gone: number[] = []
    const moved: Sighting[] = []
    for (let slot = 0, at = 0; slot < this.#table.slots; slot += stride, at += 1) {
      const report = this.#table.at(slot)
      const before = this.#seen[at]
      if (report === before) continue
      this.#seen[at] = report
      if (before !== undefined && before.position.id !== report?.position.id) gone.push(slot)
      if (report !== undefined) moved.push({ slot, report })
    }
    return { stride, isAnew, gone, moved }
  }

  /** Everybody who was there at the last look. */
  everybody(): readonly Sighting[] {
    const found: Sighting[] = []
    for (const [at, report] of this.#seen.entries()) {
      if (report !== undefined) found.push({ slot: at * this.#stride, report })
    }
    return found
  }
}
