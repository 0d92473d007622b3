/**
 * kinds/bounds: which parameters a kind takes, and what is wrong with others.
 *
 * A worker looks itself: what it is given may come from a leader of another version.
 */
import { JOB_KINDS, type JobKind, type JobParameters } from '#jobs/job/job'
import type { Problem } from './kind.js'

/** A whole number within bounds; what is left out has the usual value. */
interface Bounds {
  readonly least: number
  readonly most: number
}

/** Work is done so often; the result is that of one pass. */
const PASSES: Bounds = { least: 1, most: 100 }

const BOUNDS: Readonly<Record<JobKind, Readonly<Record<string, Bounds>>>> = Object.freeze({
  'word-count': { passes: PASSES },
  'n-grams': { n: { least: 1, most: 5 }, passes: PASSES },
  'hash-chain': { rounds: { least: 1, most: 20_000_000 } },
  gzip: { level: { least: 1, most: 9 }, passes: PASSES },
})

const isKind = (given: string): given is JobKind => JOB_KINDS.some((kind) => kind === given)

/** What makes it impossible to run a kind like this; undefined: nothing. */
export function boundsProblem(kind: string, parameters: JobParameters): Problem {
  if (!isKind(kind)) return `there is no kind ${JSON.stringify(kind.slice(0, 64))}`
  const known = BOUNDS[kind]
  for (const [name, value] of Object.entries(parameters)) {
    const bounds = Object.hasOwn(known, name) ? known[name] : undefined
    if (bounds === undefined) return `${kind} has no parameter ${JSON.stringify(name.slice(0, 64))}`
    const { least, most } = bounds
    const fits = Number.isInteger(value) && value >= least && value <= most
    if (!fits) return `${name} must be a whole number from ${least} to ${most}`
  }
  return undefined
}
