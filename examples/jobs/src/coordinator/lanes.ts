/**
 * coordinator/lanes: what is done about one job is done one after another.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Lanes that are in use. */
  get size(): number {
    return this.#tails.size
  }

  /** Runs when all that was begun for this key before has settled. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const done = before === undefined ? work() : before.then(work, work)
    const tail = done.then(
      () => {},
      () => {},
    )
    this.#tails.set(key, tail)
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    return done
  }
}
