/**
 * ports/patience: how long a connection may wait for what, with one timer for all.
 *
 * The timer is armed for the earliest deadline and looks again when it rings, so that a busy
 * connection moves numbers, not timers. Which deadlines there are is said by the rules of the
 * kind of connection.
 */
import type { Cancel } from '#base/clock'

/** What it needs of the world. */
export interface PatienceVerbs<End> {
  nowMs(): number
  after(delayMs: number, run: () => void): Cancel
  /** True while the reader has no room: nothing is read then, which is nobody's fault outside. */
  isHeld(): boolean
  /** Patience is over. */
  expired(end: End): void
}

/** The deadlines of one kind of connection. */
export interface PatienceRules<End> {
  /** The earliest deadline; `NEVER` for none. */
  dueMs(): number
  /** The other side gets all its time again. */
  excuse(nowMs: number): void
  /** Why patience is over now; undefined while it is not. */
  verdict(nowMs: number): End | undefined
  /** Does what is due that ends nothing. */
  remind(nowMs: number): void
}

/** A deadline that is not there. */
export const NEVER = Number.POSITIVE_INFINITY

export class Patience<End> {
  readonly #verbs: PatienceVerbs<End>
  readonly #rules: PatienceRules<End>
  #ringsMs = NEVER
  #cancel: Cancel | undefined
  #isOver = false

  constructor(verbs: PatienceVerbs<End>, rules: PatienceRules<End>) {
    this.#verbs = verbs
    this.#rules = rules
  }

  /** Deadlines have moved: begins, or rings earlier than it would have. */
  moved(): void {
    if (this.#rules.dueMs() < this.#ringsMs) this.#arm(this.#verbs.nowMs())
  }

  stop(): void {
    this.#isOver = true
    this.#cancel?.()
  }

  #arm(nowMs: number): void {
    this.#cancel?.()
    this.#ringsMs = this.#rules.dueMs()
    if (this.#isOver || this.#ringsMs === NEVER) return
    this.#cancel = this.#verbs.after(Math.max(1, this.#ringsMs - nowMs), () => this.#look())
  }

  #look(): void {
    if (this.#isOver) return
    const nowMs = this.#verbs.nowMs()
    this.#ringsMs = NEVER
    if (this.#verbs.isHeld()) this.#rules.excuse(nowMs)
    const end = this.#rules.verdict(nowMs)
    if (end !== undefined) {
      this.stop()
      this.#verbs.expired(end)
      return
    }
    this.#rules.remind(nowMs)
    this.#arm(nowMs)
  }
}
