/**
 * apps/system/list-walk: a page of what may be very long and is walked from its beginning: names,
 * topics. A slice at a time.
 */

import type { Clock } from '#base/clock'
import type { Page } from '#cluster'
import type { Cursors } from './cursor.js'
import { CLOCK_UNITS, PAGE_CHARS_MAX, SLICE_MS, SLICE_UNITS } from './limits.js'
import { lengthOf, type Place } from './page.js'
import type { Search } from './shared-scans.js'

/** What is walked and what of it is meant. */
export interface ListWalkParts<T, R> {
  readonly clock: Clock
  readonly cursors: Cursors
  readonly items: Iterator<T>
  readonly place: Place
  /** The row of an item; undefined: it is not meant. */
  make(item: T): R | undefined
  /** Where an item stands; left out, items are counted, and those before the page passed over. */
  readonly positionOf?: (item: T) => number
}

export class ListWalk<T, R> implements Search<Page<R>> {
  readonly #parts: ListWalkParts<T, R>
  readonly #rows: R[] = []
  #at = 0
  #chars = 0
  #isOver = false

  constructor(parts: ListWalkParts<T, R>) {
    this.#parts = parts
  }

  step(): boolean {
    const { clock } = this.#parts
    const startMs = clock.nowMs()
    for (let done = 1; done <= SLICE_UNITS; done += 1) {
      if (!this.#next()) return true
      if (done % CLOCK_UNITS === 0 && clock.nowMs() - startMs > SLICE_MS) return false
    }
    return false
  }

  result(): Page<R> {
    const { cursors, place } = this.#parts
    const next = this.#isOver ? undefined : cursors.write(place.list, this.#at)
    return { rows: this.#rows, next }
  }

  /** Looks at one more; false when the page is done. */
  #next(): boolean {
    const { items, place, make, positionOf } = this.#parts
    if (this.#rows.length >= place.limit || this.#chars > PAGE_CHARS_MAX) return false
    const { done, value } = items.next()
    if (done === true) {
      this.#isOver = true
      return false
    }
    this.#at = positionOf === undefined ? this.#at + 1 : positionOf(value)
    if (positionOf === undefined && this.#at <= place.offset) return true
    const row = make(value)
    if (row === undefined) return true
    this.#rows.push(row)
    this.#chars += lengthOf(row)
    return true
  }
}
