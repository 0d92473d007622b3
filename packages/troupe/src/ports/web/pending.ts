/**
 * ports/web/pending: the requests under way of one port, in the order in which they are due.
 *
 * Pure. A `Set` keeps an order too, but rebuilds itself all the time when each one that comes
 * leaves soon; so each links to its neighbours. One is in at most one list.
 */

/** What can be in a list; only the list writes here. */
export interface Linked<T> {
  previous: T | undefined
  next: T | undefined
  isListed: boolean
}

export class Pending<T extends Linked<T>> {
  #first: T | undefined
  #last: T | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Puts one at the end. */
  add(one: T): void {
    if (one.isListed) return
    one.isListed = true
    one.previous = this.#last
    if (this.#last === undefined) this.#first = one
    else this.#last.next = one
    this.#last = one
    this.#size += 1
  }

  /** Nothing happens for one that is not there. */
  delete(one: T): void {
    if (!one.isListed) return
    const { previous, next } = one
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    one.isListed = false
    one.previous = undefined
    one.next = undefined
    this.#size -= 1
  }

  /** All that are there now; each may leave, and come again, while they are gone through. */
  *[Symbol.iterator](): Iterator<T> {
    const all: T[] = []
    for (let one = this.#first; one !== undefined; one = one.next) all.push(one)
    for (const one of all) if (one.isListed) yield one
  }
}
