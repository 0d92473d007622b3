/**
 * cluster/routing/view-key: options of a service as a text, equal for those that mean the same.
 *
 * A service is often made where it is used, again and again; all of these must share one round.
 * A function is equal to itself alone: one that is written anew at each use begins anew, too.
 */
import type { ServiceOptions } from '#contract'

/** Gives functions numbers, and options their text. */
export class ViewKeys {
  readonly #numbers = new WeakMap<object, number>()
  #last = 0

  keyOf(options: ServiceOptions): string {
    return JSON.stringify(options, (_, value: unknown) =>
      typeof value === 'function' ? this.#numberOf(value) : value,
    )
  }

  #numberOf(given: object): string {
    let number = this.#numbers.get(given)
    if (number === undefined) {
      this.#last += 1
      number = this.#last
      this.#numbers.set(given, number)
    }
    return `function ${number}`
  }
}
