/**
 * cluster/membership/lane: so many things at a time, the others in a row.
 *
 * Knows nothing of what runs in it. Limit: `openMax` at a time; the row is as long as its users
 * make it.
 */

export class Lane {
  readonly #openMax: number
  readonly #row: ((leave: () => void) => void)[] = []
  #open = 0

  constructor(openMax: number) {
    this.#openMax = openMax
  }

  /** Calls `run` as soon as there is room; it calls `leave` once when it is done. */
  enter(run: (leave: () => void) => void): void {
    if (this.#open >= this.#openMax) {
      this.#row.push(run)
      return
    }
    this.#open += 1
    run(() => {
      this.#open -= 1
      const next = this.#row.shift()
      if (next !== undefined) this.enter(next)
    })
  }
}
