/**
 * cluster/registrar/embedded/guests: the links of a server, and which of them prove nothing.
 *
 * A link that comes while there are too many takes the place of the oldest one that has not proved
 * itself: strangers who wait keep no node out.
 * Limit: `LINKS_MAX` links; of those not proven `UNPROVEN_MAX`.
 */
import type { Guest } from './guest.js'

/** Links at one time, and those of them that have not proved that they know the cookie. */
export const LINKS_MAX = 16_384
export const UNPROVEN_MAX = 2_048

export class Guests {
  readonly #all = new Set<Guest>()
  /** The oldest comes first. */
  readonly #unproven = new Set<Guest>()

  /** Another one may come. */
  get hasRoom(): boolean {
    return this.#all.size < LINKS_MAX && this.#unproven.size < UNPROVEN_MAX
  }

  /** Who has to go so that another one may come; undefined: nobody can. */
  get oldestUnproven(): Guest | undefined {
    const [oldest] = this.#unproven
    return oldest
  }

  [Symbol.iterator](): IterableIterator<Guest> {
    return this.#all.values()
  }

  has(guest: Guest): boolean {
    return this.#all.has(guest)
  }

  add(guest: Guest): void {
    this.#all.add(guest)
    this.#unproven.add(guest)
  }

  proven(guest: Guest): void {
    this.#unproven.delete(guest)
  }

  delete(guest: Guest): void {
    this.#all.delete(guest)
    this.#unproven.delete(guest)
  }

  clear(): void {
    this.#all.clear()
    this.#unproven.clear()
  }
}
