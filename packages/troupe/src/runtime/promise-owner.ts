/**
 * runtime/promise-owner: in development, which process a promise was made by.
 *
 * A promise made while a handler is on the stack belongs to its process, and so does what is made
 * when the code behind that promise goes on. Each promise costs an entry in a table while this is
 * on, which is why it is for development.
 *
 * @source Node.js "v8.promiseHooks"; design 4.11
 */
import { promiseHooks } from 'node:v8'
import type { Process } from './process.js'

export class PromiseOwners {
  readonly #owners = new WeakMap<Promise<unknown>, Process>()
  readonly #stop: () => void
  /** Owner of the code that runs as the continuation of a promise. */
  #continued: Process | undefined

  /** Watches all promises of the program; `current` tells whose handler is on the stack. */
  constructor(current: () => Process | undefined) {
    this.#stop = promiseHooks.createHook({
      init: (promise, parent) => {
        const owner = current() ?? this.#continued ?? this.of(parent)
        if (owner !== undefined) this.#owners.set(promise, owner)
      },
      before: (promise) => {
        this.#continued = this.of(promise)
      },
      after: () => {
        this.#continued = undefined
      },
    }) as () => void
  }

  /** The process that made a promise, if one did. */
  of(promise: Promise<unknown> | undefined): Process | undefined {
    return promise === undefined ? undefined : this.#owners.get(promise)
  }

  stop(): void {
    this.#stop()
  }
}
