/**
 * actor/operation-queue: asynchronous operations, one at a time, in the order they were asked.
 *
 * Knows nothing of what they do. A failed operation does not stop those behind it.
 */
export class OperationQueue {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Operations that run or wait. */
  get size(): number {
    return this.#waiting
  }

  /** Runs `operation` after all that were asked before; settles as it does. */
  run<T>(operation: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    const done = this.#last.then(operation).finally(() => {
      this.#waiting -= 1
    })
    this.#last = done.catch(() => {})
    return done
  }
}
