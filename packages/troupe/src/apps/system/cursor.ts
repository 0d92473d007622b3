/**
 * apps/system/cursor: where a page ended, as a word that only the same node can read.
 *
 * A cursor names the life of its node and the list it is of: one from elsewhere is refused with
 * OPTION_INVALID, never taken for a place in another list.
 */
import { requireOption } from '#contract'
import { readText, told } from './reading.js'

const RADIX = 36
const PARTS_MAX = 4
const LENGTH_MAX = 120

export class Cursors {
  readonly #life: string

  constructor(creation: number) {
    this.#life = creation.toString(RADIX)
  }

  /** `list` names the list and what was asked of it. */
  write(list: string, ...places: readonly number[]): string {
    return [this.#life, list, ...places.map(String)].join('~')
  }

  /** True for a cursor of this list of this life. */
  isOf(list: string, given: unknown): boolean {
    return typeof given === 'string' && given.startsWith(`${this.#life}~${list}~`)
  }

  /** The places of a cursor of this list; undefined without one. */
  read(list: string, given: unknown, count: number): readonly number[] | undefined {
    const text = readText('cursor', given)
    if (text === undefined) return undefined
    const [life, of, ...rest] = text.slice(0, LENGTH_MAX).split('~', PARTS_MAX + 2)
    const places = rest.map(Number)
    const isPlace = (place: number): boolean => Number.isFinite(place) && place >= 0
    const holds =
      life === this.#life && of === list && places.length === count && places.every(isPlace)
    const remedy = 'it is of another list or another life of the node; begin without one'
    requireOption(holds, 'cursor', told(given), remedy)
    return places
  }
}
