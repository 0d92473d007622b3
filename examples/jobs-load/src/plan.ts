/**
 * plan: which jobs are submitted, one after another; the same for the same seed. Pure.
 */
import type { JobKind, JobParameters } from '@troupe-examples/jobs/job/job'
import { parametersOf } from '@troupe-examples/jobs/job/parameters'
import { seededChance } from '@troupe-examples/traffic/fleet/chance'

export interface Planned {
  readonly id: string
  readonly kind: JobKind
  readonly parameters: JobParameters
  readonly bytes: number
  /** Which text of that length. */
  readonly seed: number
}

export interface PlanOptions {
  /** Begins the ids, so that two runs do not meet. */
  readonly run: string
  readonly seed: number
  readonly kinds: readonly JobKind[]
  readonly bytesMin: number
  readonly bytesMax: number
}

/** Options beside the usual ones, so that a job takes a few milliseconds for its size. */
const GIVEN: Readonly<Record<JobKind, ReadonlyMap<string, string>>> = Object.freeze({
  'word-count': new Map(),
  'n-grams': new Map([['n', '2']]),
  'hash-chain': new Map([['rounds', '2000']]),
  gzip: new Map([['level', '6']]),
})

/** All jobs of a run, without an end. Sizes are spread evenly over their logarithm. */
export function* planOf(options: PlanOptions): Generator<Planned, never> {
  const { run, seed, kinds, bytesMin, bytesMax } = options
  const chance = seededChance(seed)
  for (let number = 1; ; number += 1) {
    const kind = kinds[chance.below(kinds.length)] ?? 'word-count'
    const parameters = parametersOf(kind, GIVEN[kind])
    const bytes = Math.floor(bytesMin * (bytesMax / bytesMin) ** chance.unit())
    const of = chance.below(2 ** 31)
    const known = typeof parameters === 'string' ? {} : parameters
    yield { id: `${run}-${number}`, kind, parameters: known, bytes, seed: of }
  }
}
