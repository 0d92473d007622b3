/**
 * store/about: what a store knows of itself: its name, its promise, how far it is complete.
 *
 * Kept as one value, written with each commit that changes it.
 */
import { JobsFault } from '#jobs/job/faults'
import { JOB_STATES, type JobState, type Mark, NO_MARK } from '#jobs/job/job'
import { type Ballot, NO_BALLOT, readBallot } from './ballot.js'
import type { JobCounts } from './book.js'
import { isMark } from './entry.js'
import { aboutKey, seal, unseal } from './keys.js'
import type { Change, Shelf } from './shelf.js'

/** The format this version writes and reads. */
export const FORMAT_VERSION = 1
const FORMAT_MARK = 'troupe-jobs'

export interface About {
  readonly identity: string
  readonly promised: Ballot
  readonly established: boolean
  readonly complete: Mark
  readonly last: Mark
  readonly floor: Mark
  readonly counts: JobCounts
  /** Where the file lies that was set aside before this one; undefined once it is rebuilt. */
  readonly afterLoss: string | undefined
  /** Which jobs its texts are of, when those are kept elsewhere. */
  readonly jobsIdentity: string | undefined
}

const NO_COUNTS = Object.freeze(
  Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>,
)

export const NEW_ABOUT: About = Object.freeze({
  identity: '',
  promised: NO_BALLOT,
  established: false,
  complete: NO_MARK,
  last: NO_MARK,
  floor: NO_MARK,
  counts: NO_COUNTS,
  afterLoss: undefined,
  jobsIdentity: undefined,
})

const KEY = aboutKey('store')

export function writeAbout(about: About): Change {
  const told = { format: FORMAT_MARK, version: FORMAT_VERSION, ...about }
  return { key: KEY, value: seal(KEY, Buffer.from(JSON.stringify(told), 'utf8')) }
}

/** Undefined: the store is new. */
export function readAbout(shelf: Shelf): About | undefined {
  const sealed = shelf.get(KEY)
  if (sealed === undefined) return undefined
  const body = unseal(KEY, sealed)
  const about = body === undefined ? undefined : parseAbout(body)
  if (about !== undefined) return about
  const problem = 'what it says about itself does not match its checksum'
  throw new JobsFault('STORE_FAILED', { path: shelf.path, problem })
}

/** What a sealed value says; undefined when it says something else. */
export function parseAbout(body: Uint8Array): About | undefined {
  try {
    const told = JSON.parse(Buffer.from(body).toString('utf8')) as About & Record<string, unknown>
    if (told['format'] !== FORMAT_MARK || told['version'] !== FORMAT_VERSION) return undefined
    const { identity, established, complete, last, floor, counts } = told
    const { afterLoss, jobsIdentity } = told
    const promised = told.promised.term === 0 ? NO_BALLOT : readBallot(told.promised)
    if (promised === undefined || ![complete, last, floor].every(isMark)) return undefined
    if (typeof identity !== 'string' || typeof established !== 'boolean') return undefined
    if (!JOB_STATES.every((state) => Number.isSafeInteger(counts[state]))) return undefined
    if (afterLoss !== undefined && typeof afterLoss !== 'string') return undefined
    if (jobsIdentity !== undefined && typeof jobsIdentity !== 'string') return undefined
    const known = { identity, promised, established, afterLoss, jobsIdentity }
    return { ...known, complete, last, floor, counts }
  } catch {
    return undefined
  }
}

/** The format that another version has written; undefined when it is this one, or none. */
export function formatOf(body: Uint8Array): string | undefined {
  try {
    const told = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>
    const isOther = told['format'] === FORMAT_MARK && told['version'] !== FORMAT_VERSION
    return isOther ? String(told['version']) : undefined
  } catch {
    return undefined
  }
}
