/**
 * own/collectors: runs what users add to a page, each by itself and each with an end.
 *
 * One that throws, or has not settled in time, costs the page what it would have added. It is not
 * run again before it has settled: whoever asks often must not make it pile up.
 */

/** Why a collector has added nothing. */
export type CollectFailure = 'threw' | 'late' | 'waiting'

/** Collectors whose failures are counted one by one. */
const NAMES_MAX = 1_000

export class Collectors {
  readonly #waiting = new Set<string>()
  readonly #failed = new Map<string, Record<CollectFailure, number>>()
  readonly #told: (name: string, why: CollectFailure, thrown: unknown) => void

  /** `told`: what has failed, each time. */
  constructor(told: (name: string, why: CollectFailure, thrown: unknown) => void) {
    this.#told = told
  }

  /** How often each has failed, by why. */
  get failed(): ReadonlyMap<string, Readonly<Record<CollectFailure, number>>> {
    return this.#failed
  }

  /** Those that were begun and have not settled. */
  get waiting(): ReadonlySet<string> {
    return this.#waiting
  }

  /** What it gives; undefined when it has failed or is late. Never rejects. */
  async run<T>(
    name: string,
    collect: () => T,
    late: Promise<void>,
  ): Promise<Awaited<T> | undefined> {
    if (this.#waiting.has(name)) {
      this.#count(name, 'waiting', undefined)
      return undefined
    }
    this.#waiting.add(name)
    let isOver = false
    const done = (async () => collect())()
    const settled = done.then(
      (value) => value,
      (thrown: unknown) => {
        // One that was late has been counted.
        if (!isOver) this.#count(name, 'threw', thrown)
        return undefined
      },
    )
    const answer = settled.finally(() => this.#waiting.delete(name))
    const isLate = Symbol('late')
    const first = await Promise.race([answer, late.then(() => isLate)])
    isOver = true
    if (first !== isLate) return first as Awaited<T>
    this.#count(name, 'late', undefined)
    return undefined
  }

  #count(name: string, why: CollectFailure, thrown: unknown): void {
    const known = this.#failed.get(name)
    const counts = known ?? { threw: 0, late: 0, waiting: 0 }
    counts[why] += 1
    if (known === undefined && this.#failed.size < NAMES_MAX) this.#failed.set(name, counts)
    this.#told(name, why, thrown)
  }
}
