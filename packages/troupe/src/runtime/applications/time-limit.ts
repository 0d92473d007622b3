/**
 * runtime/applications/time-limit: waits for something, but not for ever.
 *
 * What comes after the limit is ignored, its failure included.
 */
import type { Clock } from '#base/clock'

export type Limited<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly thrown: unknown }
  | { readonly kind: 'late' }

/** Runs something and waits for what it gives; never rejects. */
export function limited<T>(
  clock: Pick<Clock, 'after'>,
  timeoutMs: number,
  run: () => T | PromiseLike<T>,
): Promise<Limited<T>> {
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs, () => resolve({ kind: 'late' }))
    const settle = (outcome: Limited<T>): void => {
      cancel()
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
