/**
 * guest-book: what the service has received, by Idempotency-Key.
 *
 * Knows nothing of HTTP. An emergency is taken once; the same key again is a repeat and takes
 * nothing. Limit: `KEYS_MAX` keys; requests with further ones are counted as `unlisted`.
 */

import type { Ending } from './mood.js'

/** Keys that are told apart. */
export const KEYS_MAX = 1_000_000

/** What came with one key. */
export interface Visits {
  /** Requests with this key, whatever they ended in. */
  readonly requests: number
  /** True once the emergency was taken. */
  readonly isTaken: boolean
}

export interface GuestCounts {
  readonly requests: number
  /** Different keys. */
  readonly keys: number
  /** Keys whose emergency was taken. */
  readonly taken: number
  /** Requests whose key had been taken before. */
  readonly repeats: number
  /** Requests beyond the limit of keys. */
  readonly unlisted: number
  /** Requests that were no report of an emergency: without a key, or not JSON. */
  readonly malformed: number
  /** How requests ended. */
  readonly endings: Readonly<Partial<Record<Ending, number>>>
}

export class GuestBook {
  readonly #visits = new Map<string, { requests: number; isTaken: boolean }>()
  readonly #endings = new Map<Ending, number>()
  #requests = 0
  #taken = 0
  #repeats = 0
  #unlisted = 0
  #malformed = 0

  /** A request with this key came in and is going to end so. */
  came(key: string, ending: Ending): void {
    this.#requests += 1
    this.#endings.set(ending, (this.#endings.get(ending) ?? 0) + 1)
    const visits = this.#visits.get(key)
    if (visits !== undefined) {
      visits.requests += 1
      if (visits.isTaken) this.#repeats += 1
    } else if (this.#visits.size < KEYS_MAX) {
      this.#visits.set(key, { requests: 1, isTaken: false })
    } else {
      this.#unlisted += 1
    }
  }

  /** The emergency with this key is taken; false when it had been before. */
  take(key: string): boolean {
    const visits = this.#visits.get(key)
    if (visits === undefined || visits.isTaken) return false
    visits.isTaken = true
    this.#taken += 1
    return true
  }

  /** A request came in that reports no emergency. */
  cameMalformed(): void {
    this.#requests += 1
    this.#malformed += 1
  }

  /** What came, by key, in the order of the first request. */
  visits(): ReadonlyMap<string, Visits> {
    return this.#visits
  }

  counts(): GuestCounts {
    return {
      requests: this.#requests,
      keys: this.#visits.size,
      taken: this.#taken,
      repeats: this.#repeats,
      unlisted: this.#unlisted,
      malformed: this.#malformed,
      endings: Object.fromEntries(this.#endings),
    }
  }
}
