/**
 * network/peer/holding: which mailboxes here are too full to be filled further from afar.
 *
 * A look at the receiver of every so many messages; one with too many waiting is held: the node at
 * the other end is told, and its sends fail at once until half of them are done. So memory stays
 * bounded without a count for each message. Who does not heed that is refused by the node itself.
 */
import type { Cancel, Clock } from '#base/clock'
import { formatTarget, type HomeAddress, type WireHome } from '#contract'

/** One message in so many is looked at. */
const SAMPLE = 64
const POLL_MS = 10

/** Tells the other node. */
export interface HoldVerbs {
  hold(target: string): void
  release(target: string): void
}

export class Holding {
  /** Times a mailbox was held. */
  held = 0
  readonly #home: WireHome
  readonly #clock: Clock
  readonly #waitingMax: number
  readonly #verbs: HoldVerbs
  readonly #holds = new Map<string, { readonly to: HomeAddress; readonly sinceMs: number }>()
  #count = 0
  #cancel: Cancel | undefined = undefined

  constructor(home: WireHome, waitingMax: number, verbs: HoldVerbs) {
    this.#home = home
    this.#clock = home.clock
    this.#waitingMax = waitingMax
    this.#verbs = verbs
  }

  /** A message was put into a mailbox. */
  delivered(to: HomeAddress): void {
    this.#count += 1
    if ((this.#count & (SAMPLE - 1)) === 0) this.look(to)
  }

  /** Holds a mailbox that has too much. */
  look(to: HomeAddress): void {
    if ((this.#home.waiting(to) ?? 0) <= this.#waitingMax) return
    const target = formatTarget(to)
    if (this.#holds.has(target)) return
    this.#holds.set(target, { to, sinceMs: this.#clock.nowMs() })
    this.held += 1
    this.#verbs.hold(target)
    this.#cancel ??= this.#clock.after(POLL_MS, () => this.#poll())
  }

  /** Those that are held now, the longest held first, with what waits in each. */
  list(most: number): readonly { to: string; waiting: number; sinceMs: number }[] {
    const first = [...this.#holds].slice(0, most)
    return first.map(([target, { to, sinceMs }]) => {
      return { to: target, waiting: this.#home.waiting(to) ?? 0, sinceMs }
    })
  }

  end(): void {
    this.#cancel?.()
    this.#holds.clear()
  }

  #poll(): void {
    this.#cancel = undefined
    for (const [target, { to }] of this.#holds) {
      if ((this.#home.waiting(to) ?? 0) > this.#waitingMax / 2) continue
      this.#holds.delete(target)
      this.#verbs.release(target)
    }
    if (this.#holds.size > 0) this.#cancel = this.#clock.after(POLL_MS, () => this.#poll())
  }
}
