/**
 * store/entry: what stands under the id of a job: its record, or that it is gone.
 *
 * Pure. A purged job leaves a small entry behind, with a mark of its own, so that a coordinator
 * which was away learns of it as of any other write. What comes from another node or from the
 * disk is read by `readEntry`, which believes nothing.
 */
import { JOB_KINDS, JOB_STATES, type Job, type Mark } from '#jobs/job/job'

/** A job that was purged. */
export interface Gone {
  readonly kind: 'gone'
  readonly id: string
  readonly mark: Mark
  /** When it was purged, milliseconds since 1970. */
  readonly goneMs: number
}

export type Entry = Job | Gone

export const isGone = (entry: Entry): entry is Gone => entry.kind === 'gone'

/** Characters of an id or of the key of a text. */
export const NAME_LENGTH_MAX = 64
const NAME = /^[A-Za-z0-9_-]{1,64}$/
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= NAME_LENGTH_MAX && NAME.test(value)

/** Bytes of a record as JSON: more than any result or problem should need. */
export const ENTRY_BYTES_MAX = 64 * 1_024
const PARAMETERS_MAX = 16
const TEXT_LENGTH_MAX = 16 * 1_024

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && !below(value)
const below = (value: unknown): boolean => typeof value === 'number' && value < 0

/** A mark that can be: whole numbers, not below 0. */
export function isMark(value: unknown): value is Mark {
  if (typeof value !== 'object' || value === null) return false
  const { term, sequence } = value as { readonly term?: unknown; readonly sequence?: unknown }
  return isWhole(term) && isWhole(sequence)
}

/** The entry that a value is, with its own fields alone; undefined for anything else. */
export function readEntry(value: unknown): Entry | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const given = value as Record<string, unknown>
  if (!isName(given['id']) || !isMark(given['mark'])) return undefined
  return given['kind'] === 'gone' ? readGone(given) : readJob(given)
}

const markOf = (value: unknown): Mark => {
  const { term, sequence } = value as Mark
  return { term, sequence }
}

function readGone({ id, mark, goneMs }: Record<string, unknown>): Gone | undefined {
  if (!isTime(goneMs)) return undefined
  return { kind: 'gone', id: id as string, mark: markOf(mark), goneMs }
}

function readJob(given: Record<string, unknown>): Job | undefined {
  const job = given as unknown as Job
  const isKnown = JOB_KINDS.includes(job.kind) && JOB_STATES.includes(job.state)
  if (!isKnown || !areParameters(job.parameters)) return undefined
  if (!isName(job.blob) || !isText(job.sha256)) return undefined
  if (![job.bytes, job.tries, job.term].every(isWhole)) return undefined
  if (![job.notBeforeMs, job.createdMs, job.changedMs].every(isTime)) return undefined
  if (typeof job.progress !== 'number' || !Number.isFinite(job.progress)) return undefined
  if (![job.worker, job.problem].every((text) => text === undefined || isText(text))) {
    return undefined
  }
  const { id, kind, parameters, blob, bytes, sha256, state, tries, worker, term, progress } = job
  const { result, problem, notBeforeMs, createdMs, changedMs, mark, crashes, losses } = job
  if (![crashes, losses].every((count) => count === undefined || isWhole(count))) return undefined
  return {
    ...{ id, kind, parameters: { ...parameters }, blob, bytes, sha256, state, tries, worker, term },
    ...{ progress, result, problem, notBeforeMs, createdMs, changedMs, mark: markOf(mark) },
    ...(crashes === undefined ? {} : { crashes }),
    ...(losses === undefined ? {} : { losses }),
  }
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= TEXT_LENGTH_MAX

/** Before the year 10,000. */
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < 253_402_300_800_000

/** JSON would make null of what has no end, and a record that cannot be read ends everything. */
function areParameters(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const all = Object.values(value)
  return all.length <= PARAMETERS_MAX && all.every(Number.isFinite)
}

/** As it is kept; undefined when it is no entry, too long, or holds what JSON cannot tell. */
export function encodeEntry(entry: Entry): Buffer | undefined {
  try {
    const bytes = Buffer.from(JSON.stringify(entry), 'utf8')
    return bytes.length <= ENTRY_BYTES_MAX ? bytes : undefined
  } catch {
    // A cycle, or a number that has no end.
    return undefined
  }
}

/** What `encodeEntry` made; undefined when it is damaged. */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  try {
    return readEntry(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    return undefined
  }
}
