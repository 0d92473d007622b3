/**
 * web/refusals: how many refusals come into the log of the node: anybody could fill it otherwise.
 *
 * Limits: `OF_ONE` of one address at one surface, `OF_ALL` of all together. The rest is counted,
 * and told in one line each `COUNTED_MS`.
 */
import { Buckets } from '#observer/hub/buckets'
import type { Verbs } from '#observer/hub/verbs'
import { placeOfAddress } from './address.js'

const OF_ONE = { atOnce: 10, perSecond: 0.1, keptMax: 256 }
const OF_ALL = { atOnce: 60, perSecond: 0.5 }
const COUNTED_MS = 60_000
const ALL = 'all'

/** Refusals that did not come into the log. */
export interface Unlogged {
  readonly refused: number
  /** Who had the last of them. */
  readonly surface: string
  readonly remote: string
}

export class Refusals {
  readonly #verbs: Pick<Verbs, 'nowMs' | 'after'>
  readonly #tell: (rest: Unlogged) => void
  readonly #ofOne: Buckets
  readonly #ofAll: Buckets
  #rest: Unlogged | undefined

  constructor(verbs: Pick<Verbs, 'nowMs' | 'after'>, tell: (rest: Unlogged) => void) {
    this.#verbs = verbs
    this.#tell = tell
    this.#ofOne = new Buckets(OF_ONE, verbs.nowMs)
    this.#ofAll = new Buckets(OF_ALL, verbs.nowMs)
  }

  /** Whether one more of this address comes into the log; otherwise it is counted. */
  isLogged(surface: string, remote: string): boolean {
    const one = `${surface} ${placeOfAddress(remote)}`
    if (this.#ofOne.left(one) < 1 || this.#ofAll.left(ALL) < 1) {
      this.#count(surface, remote)
      return false
    }
    this.#ofOne.spend(one, 1)
    this.#ofAll.spend(ALL, 1)
    return true
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
