/**
 * own/collectors: runs what users add to a page, each by itself and each with an end.
 *
 * One that throws, or has not settled in time, costs the page what it would have added. It is not
 * run again before it has settled: whoever asks often must not make it pile up. Who comes while it
 * runs and is not late waits for the same.
 */

/** Why a collector has added nothing. */
export type CollectFailure = 'threw' | 'late' | 'waiting'

interface Begun {
  readonly answer: Promise<unknown>
  /** Somebody went on without it. */
  isLate: boolean
}

/** Collectors whose failures are counted one by one. */
const NAMES_MAX = 1_000

export class Collectors {
  readonly #begun = new Map<string, Begun>()
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
    return new Set(this.#begun.keys())
  }

  /** What it gives; undefined when it has failed or is late. Never rejects. */
  async run<T>(
    name: string,
    collect: () => T,
    late: Promise<void>,
  ): Promise<Awaited<T> | undefined> {
    const known = this.#begun.get(name)
    if (known?.isLate === true) {
      this.#count(name, 'waiting', undefined)
      return undefined
    }
    const begun = known ?? this.#begin(name, collect)
    const isLate = Symbol('late')
    const first = await Promise.race([begun.answer, late.then(() => isLate)])
    if (first !== isLate) return first as Awaited<T>
    begun.isLate = true
    this.#count(name, 'late', undefined)
    return undefined
  }

  #begin(name: string, collect: () => unknown): Begun {
    const done = (async () => collect())()
    const settled = done.catch((thrown: unknown) => {
      // One that was late has been counted.
      if (!begun.isLate) this.#count(name, 'threw', thrown)
      return undefined
    })
    const begun: Begun = {
      answer: settled.finally(() => this.#begun.delete(name)),
      isLate: false,
    }
    this.#begun.set(name, begun)
    return begun
  }

  #count(name: string, why: CollectFailure, thrown: unknown): void {
    const known = this.#failed.get(name)
    const counts = known ?? { threw: 0, late: 0, waiting: 0 }
    counts[why] += 1
    if (known === undefined && this.#failed.size < NAMES_MAX) this.#failed.set(name, counts)
    this.#told(name, why, thrown)
  }
}
