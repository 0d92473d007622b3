/**
 * ports/patience: how long a connection may wait for what, with one timer for all.
 *
 * The timer is armed for the earliest deadline and looks again when it rings, so that a busy
 * connection moves numbers, not timers. Which deadlines there are is said by the rules of the
 * kind of connection.
 */

/** What it needs of the world. */
export interface PatienceVerbs<End> {
  nowMs(): number
  after(delayMs: number, run: () => void): { cancel(): unknown }
  /** True while the reader has no room: nothing is read then, which is nobody's fault outside. */
  isHeld(): boolean
  /** Patience is over. */
  expired(end: End): void
}

/** How deadlines of one kind are; a table, so that each connection costs no closures. */
export interface PatienceRules<D, End> {
  /** The earliest deadline; `NEVER` for none. */
  dueMs(deadlines: D): number
  /** The other side gets all its time again. */
  excuse(deadlines: D, nowMs: number): void
  /** Why patience is over now; undefined while it is not. */
  verdict(deadlines: D, nowMs: number): End | undefined
  /** Does what is due that ends nothing. */
  remind(deadlines: D, nowMs: number): void
}

/** A deadline that is not there. */
export const NEVER = Number.POSITIVE_INFINITY

export class Patience<D, End> {
  readonly #verbs: PatienceVerbs<End>
  readonly #deadlines: D
  readonly #rules: PatienceRules<D, End>
  #ringsMs = NEVER
  #timer: { cancel(): unknown } | undefined
  #isOver = false

  constructor(verbs: PatienceVerbs<End>, deadlines: D, rules: PatienceRules<D, End>) {
    this.#verbs = verbs
    this.#deadlines = deadlines
    this.#rules = rules
  }

  /** Deadlines have moved: begins, or rings earlier than it would have. */
  moved(): void {
    if (this.#rules.dueMs(this.#deadlines) < this.#ringsMs) this.#arm(this.#verbs.nowMs())
  }

  stop(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }

  #arm(nowMs: number): void {
    this.#timer?.cancel()
    this.#ringsMs = this.#rules.dueMs(this.#deadlines)
    if (this.#isOver || this.#ringsMs === NEVER) return
    this.#timer = this.#verbs.after(Math.max(1, this.#ringsMs - nowMs), () => this.#look())
  }

  #look(): void {
    if (this.#isOver) return
    const nowMs = this.#verbs.nowMs()
    this.#ringsMs = NEVER
    if (this.#verbs.isHeld()) this.#rules.excuse(this.#deadlines, nowMs)
    const end = this.#rules.verdict(this.#deadlines, nowMs)
    if (end !== undefined) {
      this.stop()
      this.#verbs.expired(end)
      return
    }
    this.#rules.remind(this.#deadlines, nowMs)
    this.#arm(nowMs)
  }
}
