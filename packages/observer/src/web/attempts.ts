/**
 * web/attempts: wrong tokens of one address, so that nobody can try them all.
 *
 * Limit: `TRIES` at once, and as many more each minute, of each address; of all that are beyond
 * those kept together.
 */
import { Buckets } from '#observer/hub/buckets'
import { placeOfAddress } from './address.js'

const TRIES = 10
const LIMITS = { perSecond: TRIES / 60, atOnce: TRIES, keptMax: 1_024 }

export class Attempts {
  readonly #tries: Buckets

  constructor(nowMs: () => number) {
    this.#tries = new Buckets(LIMITS, nowMs)
  }

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string): number {
    return this.#tries.waitMs(placeOfAddress(address), 1)
  }

  /** A token of this address was wrong; those that were tried at the same time count all. */
  failed(address: string): void {
    this.#tries.spend(placeOfAddress(address), 1)
  }
}
