/**
 * store/etcd/job-record: a job as the value of a key: JSON with a version, for people and tools.
 *
 * Pure. The mark of a job is the term of the leader that wrote it and the revision of etcd in
 * which that happened, which the value cannot know. Jobs of one transaction have one revision, so
 * that there is room in it for a place of each. Others may write to the same etcd: what is no
 * job of this version is told as such and never guessed at.
 */
import type { Job, Mark } from '#jobs/job/job'
import type { Unmarked } from '#jobs/store/book'
import { ENTRY_BYTES_MAX, type Entry, encodeEntry, isGone, readEntry } from '#jobs/store/entry'

/** The version this program writes and reads. */
export const RECORD_VERSION = 1

/** More than one transaction can write. */
export const PLACES_PER_REVISION = 1_024

export const markOf = (term: number, revision: number, place = 0): Mark => ({
  term,
  sequence: revision * PLACES_PER_REVISION + place,
})

/** After all others, and the longest one as JSON. */
export const MARK_MAX: Mark = Object.freeze({
  ...{ term: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER },
})

/** The revision of etcd in which this was written. */
export const revisionOf = ({ sequence }: Mark): number => Math.floor(sequence / PLACES_PER_REVISION)

/** What a value is. */
export type ReadRecord =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'odd'; readonly problem: string }

/** Whether a mirror can keep it, whatever mark it gets: a value and an entry differ in length. */
const isKept = (entry: Entry): boolean => encodeEntry({ ...entry, mark: MARK_MAX }) !== undefined

/** The value of a job; undefined when it is none, too long, or holds what JSON cannot tell. */
export function writeRecord(job: Unmarked, term: number): string | undefined {
  const entry = readEntry({ ...job, mark: markOf(term, 0) })
  if (entry === undefined || !isKept(entry)) return undefined
  try {
    const text = JSON.stringify({ version: RECORD_VERSION, term, job })
    return Buffer.byteLength(text) <= ENTRY_BYTES_MAX ? text : undefined
  } catch {
    // A cycle, or a number that has no end.
    return undefined
  }
}

const odd = (problem: string): ReadRecord => ({ kind: 'odd', problem })

/** What stands under the key of this job, since that revision. */
export function readRecord(id: string, value: Buffer, modRevision: number): ReadRecord {
  if (value.length > ENTRY_BYTES_MAX) return odd(`it has ${value.length} bytes`)
  let told: unknown
  try {
    told = JSON.parse(value.toString('utf8'))
  } catch {
    return odd('it is no JSON')
  }
  if (typeof told !== 'object' || told === null) return odd('it is no object')
  const { version, term, job } = told as Record<string, unknown>
  if (version !== RECORD_VERSION) return odd(`its version is not ${RECORD_VERSION}`)
  if (typeof job !== 'object' || job === null) return odd('it has no job')
  const entry = readEntry({ ...job, mark: markOf(term as number, modRevision) })
  if (entry === undefined || isGone(entry)) return odd('it says what no job can')
  if (entry.id !== id) return odd('it is a job of another id')
  // Numbers may be longer when they are written again, and lists in lists too deep.
  return isKept(entry) ? { kind: 'job', job: entry } : odd('it cannot be kept')
}
