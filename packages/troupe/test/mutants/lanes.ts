/**
 * The lanes of one test file: copies of the package, lent to one fault at a time.
 */
import { availableParallelism } from 'node:os'
import { Lane } from './lane.js'

/** One more than there are cores: a fault that makes a test hang uses none. */
export const LANES = Math.min(2, availableParallelism()) + 1

/** Copies of the package that no test uses now. */
export class Lanes {
  readonly #all: Lane[] = []
  readonly #free: Lane[] = []
  readonly #waiting: ((lane: Lane) => void)[] = []

  async open(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) this.#all.push(await Lane.open())
    this.#free.push(...this.#all)
  }

  async close(): Promise<void> {
    for (const lane of this.#all) await lane.close()
  }

  async use<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.#free.pop() ?? (await new Promise<Lane>((take) => this.#waiting.push(take)))
    try {
      return await work(lane)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free.push(lane)
      else next(lane)
    }
  }
}
