/**
 * registrar/config-order: changes of several ranges in the order in which they were made.
 *
 * Each range is watched for itself. A watch that has begun, or begun anew, catches up for a moment
 * (etcd looks ten times in a second), while others are told at once: so for `SETTLE_MS` changes
 * wait and are given in order. Afterwards they are given as they come.
 * Limit: `CHANGES_MAX` wait; beyond it they are given at once.
 *
 * @source etcd v3.4 watch (unsynced watchers)
 */
import type { Cancel, Clock } from 'troupe/registrar'
import type { WatchEvent } from '#etcd/client/etcd-client'
import type { ConfigRange } from './keys.js'

export const SETTLE_MS = 300
const CHANGES_MAX = 10_000

interface Change {
  readonly range: ConfigRange
  readonly event: WatchEvent
}

const revisionOf = ({ event }: Change): number =>
  event.kind === 'put' ? event.entry.modRevision : event.modRevision

export class ConfigOrder {
  readonly #clock: Clock
  readonly #give: (range: ConfigRange, events: readonly WatchEvent[]) => void
  /** Up to where a range was read as a whole. */
  readonly #read = new Map<ConfigRange, number>()
  #waiting: Change[] = []
  #cancel: Cancel | undefined = undefined

  constructor(clock: Clock, give: (range: ConfigRange, events: readonly WatchEvent[]) => void) {
    this.#clock = clock
    this.#give = give
  }

  /** All of a range is known as of a revision, and its watch begins. */
  begun(range: ConfigRange, revision: number): void {
    this.#read.set(range, revision)
    this.settle()
  }

  /** A watch has begun, or begun anew. */
  settle(): void {
    this.#cancel?.()
    this.#cancel = this.#clock.after(SETTLE_MS, () => this.#release())
  }

  take(range: ConfigRange, events: readonly WatchEvent[]): void {
    if (this.#cancel === undefined) {
      this.#give(range, events)
      return
    }
    for (const event of events) this.#waiting.push({ range, event })
    if (this.#waiting.length > CHANGES_MAX) this.#release()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#waiting = []
  }

  #release(): void {
    this.#cancel?.()
    this.#cancel = undefined
    const changes = this.#waiting.sort((one, other) => revisionOf(one) - revisionOf(other))
    this.#waiting = []
    for (const change of changes) {
      // What came before the range was read again is known already.
      const isNew = revisionOf(change) > (this.#read.get(change.range) ?? 0)
      if (isNew) this.#give(change.range, [change.event])
    }
  }
}
