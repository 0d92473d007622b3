/**
 * page/live/wishes: what one stream is asked to tell: one wish at a time, so that none overtakes
 * another, and the last holds.
 *
 * A wish that the server refuses as a whole is tried again, more and more slowly, and the stream
 * goes on with what it tells already. It is lost only where the server does not know it, or us, any
 * more, or cannot be reached.
 */
import type { Problem, StreamWish } from '#observer/contract/api'
import type { Answer } from './api.js'
import { backOffMs } from './back-off.js'

/** What wishes need of the page. */
export interface WishParts {
  /** What is wanted now; undefined: it cannot be said yet. */
  readonly wish: () => StreamWish | undefined
  readonly send: (wish: StreamWish) => Promise<Answer<unknown>>
  /** The server tells what was wished for. */
  readonly good: () => void
  /** It does not tell these subjects, and why; the wish is tried again. */
  readonly refused: (subjects: readonly string[], problem: Problem) => void
  /** There is no such stream any more. */
  readonly lost: () => void
  /** Runs it later; what is handed back forgets it. */
  readonly after: (delayMs: number, run: () => void) => () => void
  readonly chance: () => number
}

/** An answer takes a moment; who waits longer for it has no connection. */
export const ANSWER_MS = 10_000

/** With another stream, or another session, it would be well. */
const isLoss = (code: string, status: number): boolean =>
  status === 0 || status === 401 || code === 'STREAM_UNKNOWN' || code === 'CSRF_REFUSED'

export class Wishes {
  readonly #parts: WishParts
  /** What the server tells, and what it has been asked for. */
  #known: ReadonlySet<string> = new Set()
  #asked: ReadonlySet<string> = new Set()
  #isBusy = false
  #isAgain = false
  #isOver = false
  #refusals = 0
  #cancel: (() => void) | undefined

  constructor(parts: WishParts) {
    this.#parts = parts
  }

  /** Whether something may come of this subject. */
  mayTell(subject: string): boolean {
    return this.#known.has(subject) || this.#asked.has(subject)
  }

  /** What is wanted has changed: it is said as soon as the wish before has been answered. */
  tell(): void {
    if (this.#isOver) return
    if (this.#isBusy) {
      this.#isAgain = true
      return
    }
    this.#tellNow()
  }

  /** Its stream is gone. */
  end(): void {
    this.#isOver = true
    this.#cancel?.()
  }

  #tellNow(): void {
    this.#cancel?.()
    const wish = this.#parts.wish()
    if (wish === undefined) return
    this.#isBusy = true
    this.#isAgain = false
    this.#asked = new Set(wish.subjects)
    this.#cancel = this.#parts.after(ANSWER_MS, () => this.#lose())
    void this.#parts.send(wish).then((answer) => this.#heard(wish, answer))
  }

  #heard({ subjects }: StreamWish, answer: Answer<unknown>): void {
    if (this.#isOver) return
    this.#cancel?.()
    this.#isBusy = false
    if (answer.kind === 'value') {
      this.#known = this.#asked
      this.#refusals = 0
      this.#parts.good()
      if (this.#isAgain) this.#tellNow()
      return
    }
    const { problem, status, retryMs = 0 } = answer
    if (isLoss(problem.code, status)) {
      this.#lose()
      return
    }
    this.#asked = this.#known
    const untold = subjects.filter((subject) => !this.#known.has(subject))
    this.#parts.refused(untold, problem)
    const waitMs = Math.max(retryMs, backOffMs(this.#refusals, this.#parts.chance()))
    this.#refusals += 1
    // Who wishes for too much would only be refused again.
    if (this.#isAgain && retryMs === 0) this.#tellNow()
    else this.#cancel = this.#parts.after(waitMs, () => this.tell())
  }

  #lose(): void {
    this.end()
    this.#parts.lost()
  }
}
