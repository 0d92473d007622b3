/**
 * apps/system/table-walk: all processes of a node, a slice at a time.
 *
 * A slice ends after `SLICE_UNITS` places of the table, or when it took `SLICE_MS`.
 */
import type { NodeInspection, ProcessGlance } from '#contract'
import { CLOCK_UNITS, SLICE_MS, SLICE_UNITS } from './limits.js'

export class TableWalk {
  readonly #inspection: NodeInspection
  readonly #visit: (glance: ProcessGlance) => boolean
  /** The next place to be looked at. */
  place: number

  /** `visit` answers false when it has seen enough: then the walk is over. */
  constructor(inspection: NodeInspection, visit: (glance: ProcessGlance) => boolean, from = 0) {
    this.#inspection = inspection
    this.#visit = visit
    this.place = from
  }

  /** Goes on for a slice; true when the walk is over. */
  step(): boolean {
    const { clock, slots } = this.#inspection
    const startMs = clock.nowMs()
    const end = Math.min(slots, this.place + SLICE_UNITS)
    let goesOn = true
    const visit = (glance: ProcessGlance): boolean => {
      goesOn = this.#visit(glance)
      return goesOn
    }
    while (this.place < end) {
      const until = Math.min(end, this.place + CLOCK_UNITS)
      this.place = this.#inspection.scan(this.place, until, visit)
      if (!goesOn) return true
      if (clock.nowMs() - startMs > SLICE_MS) break
    }
    return this.place >= slots
  }
}
