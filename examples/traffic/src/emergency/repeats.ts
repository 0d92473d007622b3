/**
 * emergency/repeats: which reports belong to an emergency that is known already.
 *
 * A vehicle in trouble reports it again and again, and a network may bring one datagram twice.
 * Whatever a vehicle reports within `windowMs` of the first report is the same emergency. The
 * window does not move with each report: a vehicle that stays in trouble is told of anew, with
 * its new place, once for each window, and nothing can hush it up for ever.
 * Limit: `vehiclesMax`; beyond it the oldest is forgotten, so one more report may be delivered.
 */

export interface RepeatOptions {
  /** Milliseconds from the first report of an emergency to the next that opens another. */
  readonly windowMs: number
  /** Vehicles whose emergency is remembered at a time. */
  readonly vehiclesMax: number
}

interface Opened {
  readonly key: string
  readonly atMs: number
}

export class Repeats {
  readonly #options: RepeatOptions
  /** By vehicle, in the order of their opening. */
  readonly #opened = new Map<string, Opened>()

  constructor(options: RepeatOptions) {
    this.#options = options
  }

  /** Vehicles whose window is open. */
  get size(): number {
    return this.#opened.size
  }

  /** The key of the emergency this report belongs to; undefined when it opens one. */
  find(id: string, atMs: number): string | undefined {
    const opened = this.#opened.get(id)
    if (opened === undefined || !this.#isWithin(opened, atMs)) return undefined
    return opened.key
  }

  /** Opens the window of an emergency; gives the keys that are forgotten for it. */
  open(id: string, key: string, atMs: number): readonly string[] {
    const before = this.#opened.get(id)
    // Deleted first, so that it stands behind all that were opened earlier.
    this.#opened.delete(id)
    this.#opened.set(id, { key, atMs })
    const forgotten = before === undefined ? [] : [before.key]
    if (this.#opened.size > this.#options.vehiclesMax) forgotten.push(...this.#forgetFirst())
    return forgotten
  }

  /** Closes the windows that are over; gives their keys. */
  expire(wallMs: number): readonly string[] {
    const expired: string[] = []
    for (const [id, opened] of this.#opened) {
      if (this.#isWithin(opened, wallMs)) break
      this.#opened.delete(id)
      expired.push(opened.key)
    }
    return expired
  }

  /** True while the window of this very emergency is open. */
  remembers(id: string, key: string): boolean {
    return this.#opened.get(id)?.key === key
  }

  #forgetFirst(): readonly string[] {
    for (const [id, { key }] of this.#opened) {
      this.#opened.delete(id)
      return [key]
    }
    return []
  }

  /** A clock that was set back must not keep a window open for long: both directions count. */
  #isWithin({ atMs }: Opened, nowMs: number): boolean {
    return Math.abs(nowMs - atMs) < this.#options.windowMs
  }
}
