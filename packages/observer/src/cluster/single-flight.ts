/**
 * cluster/single-flight: who asks the same while it is being asked is given the same answer.
 *
 * Limit: `most` different ones at a time; who comes then is refused with OBSERVER_BUSY.
 */
import { observerBusy } from './turnstile.js'

export class SingleFlight<T> {
  readonly #most: number
  readonly #flying = new Map<string, Promise<T>>()

  constructor(most: number) {
    this.#most = most
  }

  /** What `ask` answers, once for all who ask for `key` meanwhile. Rejects as it does. */
  async run(key: string, ask: () => Promise<T>): Promise<T> {
    const flying = this.#flying.get(key)
    if (flying !== undefined) return flying
    if (this.#flying.size >= this.#most) throw observerBusy()
    const asked = ask().finally(() => this.#flying.delete(key))
    this.#flying.set(key, asked)
    return asked
  }
}
