/**
 * emergency/shelf-count: how many records of each kind lie on the shelf, from all runs together.
 *
 * Only what has been written counts: a record whose transaction failed is not there, and one
 * whose removal failed still is. Knows nothing of the shelf; it is told.
 */

import type { EmergencyState } from './record.js'

type Kind = EmergencyState['kind']

/** Records on the shelf; together with the unreadable ones all there are. */
export type ShelfCounts = Readonly<Record<Kind | 'unreadable', number>>

export class ShelfCount {
  readonly #kinds = new Map<string, Kind>()
  readonly #counts = { waiting: 0, delivered: 0, refused: 0 }
  #unreadable = 0

  /** A record was found that nobody understands; it stays where it is. */
  foundUnreadable(): void {
    this.#unreadable += 1
  }

  /** A record lies there now, in place of the one of the same key. */
  wrote(key: string, kind: Kind): void {
    this.removed(key)
    this.#kinds.set(key, kind)
    this.#counts[kind] += 1
  }

  /** A record is gone; no matter when there was none. */
  removed(key: string): void {
    const kind = this.#kinds.get(key)
    if (kind === undefined) return
    this.#kinds.delete(key)
    this.#counts[kind] -= 1
  }

  read(): ShelfCounts {
    return { ...this.#counts, unreadable: this.#unreadable }
  }
}
