/**
 * job/parameters: which options each kind of job takes, and what holds when one is left out.
 *
 * Pure. A job always has all options of its kind, so that no worker needs defaults of its own.
 */
import { JOB_KINDS, type JobKind, type JobParameters } from './job.js'

/** One option of a kind: a whole number within limits. */
interface Parameter {
  readonly least: number
  readonly most: number
  readonly usual: number
}

/** The work is done so often, with the same result: for jobs that take long. */
const passes: Parameter = { least: 1, most: 100, usual: 1 }

export const PARAMETERS: Readonly<Record<JobKind, Readonly<Record<string, Parameter>>>> =
  Object.freeze({
    'word-count': { passes },
    'n-grams': { n: { least: 1, most: 5, usual: 2 }, passes },
    'hash-chain': { rounds: { least: 1, most: 20_000_000, usual: 100_000 } },
    gzip: { level: { least: 1, most: 9, usual: 6 }, passes },
  })

export const isKind = (given: unknown): given is JobKind => JOB_KINDS.some((kind) => kind === given)

/** All options of a kind from what was given, or a sentence that says what is wrong. */
export function parametersOf(
  kind: JobKind,
  given: ReadonlyMap<string, string>,
): JobParameters | string {
  const known = PARAMETERS[kind]
  for (const name of given.keys())
    if (!Object.hasOwn(known, name)) return `${kind} has no option ${JSON.stringify(name)}`
  const parameters: Record<string, number> = {}
  for (const [name, { least, most, usual }] of Object.entries(known)) {
    const text = given.get(name)
    const value = text === undefined ? usual : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= least && value <= most))
      return `${name} must be a whole number from ${least} to ${most}`
    parameters[name] = value
  }
  return Object.freeze(parameters)
}
