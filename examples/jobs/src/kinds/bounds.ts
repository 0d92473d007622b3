/**
 * kinds/bounds: which parameters a kind takes, and what is wrong with others.
 *
 * A worker looks itself: what it is given may come from a leader of another version.
 */
import type { JobParameters } from '#jobs/job/job'
import { isKind, PARAMETERS } from '#jobs/job/parameters'
import type { Problem } from './kind.js'

/** What makes it impossible to run a kind like this; undefined: nothing. */
export function boundsProblem(kind: string, parameters: JobParameters): Problem {
  if (!isKind(kind)) return `there is no kind ${JSON.stringify(kind.slice(0, 64))}`
  const known = PARAMETERS[kind]
  for (const [name, value] of Object.entries(parameters)) {
    const bounds = Object.hasOwn(known, name) ? known[name] : undefined
    if (bounds === undefined) return `${kind} has no parameter ${JSON.stringify(name.slice(0, 64))}`
    const { least, most } = bounds
    const fits = Number.isInteger(value) && value >= least && value <= most
    if (!fits) return `${name} must be a whole number from ${least} to ${most}`
  }
  return undefined
}
