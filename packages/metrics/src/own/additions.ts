/**
 * own/additions: all that users add to a page: what they put into the registry before it is made,
 * and the metrics of the registry, of which each may collect by itself.
 */
import type { Registry } from 'prom-client'
import type { Family, Labels, Sample } from '#metrics/exposition/family'
import { familyOfTold, metricsIn } from '#metrics/exposition/of-registry'
import { inSlices, type SliceVerbs } from '#metrics/gather/slices'
import { type CollectFailure, Collectors } from './collectors.js'

/** What is done for a page. */
export interface AdditionVerbs extends SliceVerbs {
  /** By name: what users let run before each page. */
  readonly collects: Readonly<Record<string, () => unknown>>
  /** Resolves after so long; `cancel` takes it back. */
  deadline(ms: number): { readonly late: Promise<void>; cancel(): void }
  /** Everything has been collected: lists are put into the registry. */
  writing(): void
  /** By name: the lists as they stand since the last page. */
  standing(): ReadonlyMap<string, readonly Sample[]>
  failed(name: string, why: CollectFailure, thrown: unknown): void
}

/** Longest time for what runs before a page, and for the metrics that collect by themselves. */
export const COLLECT_MS = 4_000
export const READ_MS = 3_000

export class Additions {
  readonly collectors: Collectors
  readonly #registry: Registry
  readonly #verbs: AdditionVerbs

  constructor(registry: Registry, verbs: AdditionVerbs) {
    this.#registry = registry
    this.#verbs = verbs
    this.collectors = new Collectors((name, why, thrown) => verbs.failed(name, why, thrown))
  }

  /**
   * The families of the registry for a page, each line with `constant` labels on top. Never
   * rejects.
   */
  async families(constant: Labels): Promise<readonly Family[]> {
    await this.#collect()
    this.#verbs.writing()
    return this.#within(READ_MS, (late) => this.#read(constant, late))
  }

  /** The same for a look, which leaves lists as they are; `withCollect`: that is due. */
  async shown(constant: Labels, withCollect: boolean): Promise<readonly Family[]> {
    if (withCollect) await this.#collect()
    const families = await this.#within(READ_MS, (late) => this.#read(constant, late))
    const standing = this.#verbs.standing()
    return families.map((family) => {
      const rows = standing.get(family.name)
      return rows === undefined ? family : { ...family, samples: rows }
    })
  }

  #collect(): Promise<unknown> {
    return this.#within(COLLECT_MS, (late) =>
      Promise.all(
        Object.entries(this.#verbs.collects).map(([name, run]) =>
          this.collectors.run(name, run, late),
        ),
      ),
    )
  }

  async #read(constant: Labels, late: Promise<void>): Promise<readonly Family[]> {
    const reading: Promise<Family | undefined>[] = []
    await inSlices(this.#verbs, metricsIn(this.#registry), ({ name, get, shared }) => {
      const family = async (): Promise<Family> => familyOfTold(await get(), { constant, shared })
      reading.push(this.collectors.run(`metric ${name}`, family, late))
    })
    return (await Promise.all(reading)).filter((family) => family !== undefined)
  }

  async #within<T>(ms: number, run: (late: Promise<void>) => Promise<T>): Promise<T> {
    const { late, cancel } = this.#verbs.deadline(ms)
    try {
      return await run(late)
    } finally {
      cancel()
    }
  }
}
