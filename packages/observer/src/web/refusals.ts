/**
 * web/refusals: how many refusals come into the log of the node: anybody could fill it otherwise.
 *
 * Limits: of one address at one surface `OF_ONE` at once and one more each `ONE_EVERY_MS`; of all
 * together `OF_ALL` and one more each `ALL_EVERY_MS`. The rest is counted, and told in one line
 * each `COUNTED_MS`.
 */
import type { Verbs } from '#observer/hub/verbs'
import { placeOfAddress } from './address.js'

const OF_ONE = 10
const ONE_EVERY_MS = 10_000
const OF_ALL = 60
const ALL_EVERY_MS = 2_000
const COUNTED_MS = 60_000
/** Addresses that are told apart; a new one takes the place of the one that was there longest. */
const ADDRESSES_MAX = 256

/** Refusals that did not come into the log. */
export interface Unlogged {
  readonly refused: number
  /** Who had the last of them. */
  readonly surface: string
  readonly remote: string
}

interface Budget {
  left: number
  atMs: number
}

export class Refusals {
  readonly #verbs: Pick<Verbs, 'nowMs' | 'after'>
  readonly #tell: (rest: Unlogged) => void
  readonly #ofOne = new Map<string, Budget>()
  readonly #ofAll: Budget = { left: OF_ALL, atMs: 0 }
  #rest: Unlogged | undefined

  constructor(verbs: Pick<Verbs, 'nowMs' | 'after'>, tell: (rest: Unlogged) => void) {
    this.#verbs = verbs
    this.#tell = tell
  }

  /** Whether one more of this address comes into the log; otherwise it is counted. */
  isLogged(surface: string, remote: string): boolean {
    const nowMs = this.#verbs.nowMs()
    const one = this.#budgetOf(`${surface} ${placeOfAddress(remote)}`, nowMs)
    refill(one, { nowMs, most: OF_ONE, everyMs: ONE_EVERY_MS })
    refill(this.#ofAll, { nowMs, most: OF_ALL, everyMs: ALL_EVERY_MS })
    if (one.left < 1 || this.#ofAll.left < 1) {
      this.#count(surface, remote)
      return false
    }
    one.left -= 1
    this.#ofAll.left -= 1
    return true
  }

  #budgetOf(place: string, nowMs: number): Budget {
    const known = this.#ofOne.get(place)
    if (known !== undefined) return known
    const [longest] = this.#ofOne.keys()
    if (this.#ofOne.size >= ADDRESSES_MAX && longest !== undefined) this.#ofOne.delete(longest)
    const fresh = { left: OF_ONE, atMs: nowMs }
    this.#ofOne.set(place, fresh)
    return fresh
  }

  #count(surface: string, remote: string): void {
    const before = this.#rest
    this.#rest = { refused: (before?.refused ?? 0) + 1, surface, remote }
    if (before !== undefined) return
    this.#verbs.after(COUNTED_MS, () => {
      const rest = this.#rest
      this.#rest = undefined
      if (rest !== undefined) this.#tell(rest)
    })
  }
}

interface Pace {
  readonly nowMs: number
  readonly most: number
  readonly everyMs: number
}

function refill(budget: Budget, { nowMs, most, everyMs }: Pace): void {
  budget.left = Math.min(most, budget.left + (nowMs - budget.atMs) / everyMs)
  budget.atMs = nowMs
}
