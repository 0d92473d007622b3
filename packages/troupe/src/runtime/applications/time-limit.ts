/**
 * runtime/applications/time-limit: waits for something, but not for ever.
 *
 * What comes after the limit is ignored, its failure included. `cutShort` ends all waits at once,
 * also later ones: for a node that must be gone by a certain time, or for a part of it.
 */
import type { Clock } from '#base/clock'

export type Limited<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly thrown: unknown }
  | { readonly kind: 'late' }

export class TimeLimits {
  readonly #clock: Pick<Clock, 'after'>
  readonly #waiting = new Set<() => void>()
  /** What is cut short there is cut short here. */
  readonly #above: TimeLimits | undefined
  #short = false

  constructor(clock: Pick<Clock, 'after'>, above?: TimeLimits) {
    this.#clock = clock
    this.#above = above
  }

  get isShort(): boolean {
    return this.#short || this.#above?.isShort === true
  }

  /** Runs something and waits for what it gives; never rejects. */
  wait<T>(timeoutMs: number, run: () => T | PromiseLike<T>): Promise<Limited<T>> {
    return new Promise((resolve) => {
      const late = (): void => settle({ kind: 'late' })
      const cancel = this.#clock.after(this.isShort ? 0 : timeoutMs, late)
      this.#enter(late)
      const settle = (outcome: Limited<T>): void => {
        cancel()
        this.#leave(late)
        resolve(outcome)
      }
      // `then` on a settled promise, so that a throw of `run` itself becomes a rejection too.
      Promise.resolve()
        .then(run)
        .then(
          (value) => settle({ kind: 'done', value }),
          (thrown: unknown) => settle({ kind: 'failed', thrown }),
        )
    })
  }

  cutShort(): void {
    this.#short = true
    for (const late of [...this.#waiting]) late()
  }

  /** Later waits have their time again. */
  restore(): void {
    this.#short = false
  }

  #enter(late: () => void): void {
    this.#waiting.add(late)
    if (this.#above !== undefined) this.#above.#enter(late)
  }

  #leave(late: () => void): void {
    this.#waiting.delete(late)
    if (this.#above !== undefined) this.#above.#leave(late)
  }
}
