/**
 * kinds/tally: how often each key came, in bounded memory.
 *
 * Limits: `distinctMax` keys and `UNITS_MAX` of all keys together, those that came first; others
 * are counted as one. The order is that of the text, so the same text gives the same tally.
 */

/** Different keys that are counted one by one. */
export const DISTINCT_MAX = 250_000

/** UTF-16 units of all keys that are counted one by one: some 32 MB. */
const UNITS_MAX = 16_000_000

/** Keys that a result names. */
export const TOP_LENGTH = 20

/** UTF-16 units of a key that a result tells: a result is small whatever the text is. */
export const TOLD_LENGTH_MAX = 320

/** A key and how often it came. */
export type Counted = readonly [key: string, count: number]

/** Counts keys. */
export class Tally {
  readonly #counts = new Map<string, number>()
  readonly #distinctMax: number
  #total = 0
  #beyond = 0
  #units = 0

  constructor(distinctMax = DISTINCT_MAX) {
    this.#distinctMax = distinctMax
  }

  get total(): number {
    return this.#total
  }

  get distinct(): number {
    return this.#counts.size
  }

  /** Keys for which there was no room, each time they came. */
  get beyond(): number {
    return this.#beyond
  }

  add(key: string): void {
    this.#total += 1
    const count = this.#counts.get(key)
    if (count !== undefined) this.#counts.set(key, count + 1)
    else if (this.#hasRoom(key)) this.#count(key)
    else this.#beyond += 1
  }

  #hasRoom(key: string): boolean {
    return this.#counts.size < this.#distinctMax && this.#units + key.length <= UNITS_MAX
  }

  #count(key: string): void {
    this.#units += key.length
    this.#counts.set(ownCopy(key), 1)
  }

  /** 0 when it was not counted one by one. */
  countOf(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  /**
   * The most frequent, among equals those that come first in the order of their UTF-16 units; of a
   * long one the beginning.
   */
  top(length = TOP_LENGTH): readonly Counted[] {
    const best: Counted[] = []
    for (const counted of this.#counts) {
      const last = best.at(-1)
      if (best.length === length && last !== undefined && compareCounted(counted, last) > 0)
        continue
      const at = best.findIndex((other) => compareCounted(counted, other) < 0)
      best.splice(at === -1 ? best.length : at, 0, counted)
      if (best.length > length) best.pop()
    }
    return best.map(([key, count]) => [beginningOf(key), count])
  }
}

function compareCounted(left: Counted, right: Counted): number {
  if (left[1] !== right[1]) return right[1] - left[1]
  return left[0] < right[0] ? -1 : 1
}

function beginningOf(key: string): string {
  if (key.length <= TOLD_LENGTH_MAX) return key
  // Not between the halves of a pair.
  return key.slice(0, TOLD_LENGTH_MAX).replace(/[\ud800-\udbff]$/, '')
}

/** A part of a long string keeps all of it in memory; one made of bytes stands alone. */
function ownCopy(key: string): string {
  return Buffer.from(key, 'utf16le').toString('utf16le')
}
