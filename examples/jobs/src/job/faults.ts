/**
 * job/faults: the one error class of the job cluster and its table of codes.
 *
 * As in TroupeError a program matches on `code`, never on the text, and every text says what
 * happened, to what, and what to do.
 * Limit: an error of this class does not cross the wire as such; protocols tell codes as values.
 */

const FAULTS = {
  BODY_TIMEOUT: 'the text did not come within {timeoutMs} ms; send it faster, or in one piece',
  BOOK_CLOSED: 'the book of term {term} is closed; ask the coordinator that leads now',
  JOB_CONFLICT: 'the job {job} is there already and is another one; choose another id',
  JOB_INVALID: 'the job {job} cannot be taken: {problem}',
  JOB_UNKNOWN: 'there is no job {job}; it was never accepted, or is forgotten by now',
  NO_LEADER: 'no coordinator leads at the moment; ask again in a second',
  NO_MAJORITY:
    '{present} of {total} stores answer, and {wanted} are needed: {problem}; whether what ' +
    'was asked holds is not known, so ask again with the same id',
  REPLICA_BEHIND: 'the store of {node} does not count for now: {problem}',
  STALE_TERM: 'the term {term} is over, as the term {later} was promised; its leader steps down',
  STORE_CLOSED: 'the store {path} is closed',
  STORE_CORRUPT:
    'the store {path} is damaged: {problem}; it was set aside as {aside}, and what it had comes ' +
    'back from the other coordinators',
  STORE_FAILED: 'the store {path} cannot be read or written: {problem}',
  STORE_FOREIGN: 'the file {path} is no job store: {problem}; it was set aside as {aside}',
  STORE_FORMAT:
    'the store {path} has format {found} and this version reads {wanted}; it was left untouched',
  STORE_FULL: 'the store {path} has no room: {problem}; make room, and nothing accepted is lost',
  STORE_IN_USE: 'the store {path} is in use: {problem}',
  STORE_LOST:
    '{fresh} of {total} stores are new although jobs may have been accepted: {problem}; bring ' +
    'old ones back, or accept the loss',
  STORE_OTHER:
    'the etcd {endpoints} has other jobs than those whose texts are in {path}: {key} is {found}, ' +
    'and {wanted} is wanted; nothing is served and no text dropped until the etcd is given that ' +
    'was used before, or another --data',
  TAKING_OVER: 'the leader of term {term} is taking over; ask again in a second',
  TEXT_BUSY: 'too many texts are being taken in ({limit}); send this one again later',
  TEXT_DIGEST: 'the text {blob} is not what was sent: its digest is {found}, not {wanted}',
  TEXT_GAP: 'a part of the text {blob} begins at {at}, and {length} bytes are there',
  TEXT_INVALID: 'the text cannot be taken: {problem}',
  TEXT_TOO_LARGE: 'the text has over {limit} bytes; send it in parts as several jobs',
  TEXT_UNKNOWN: 'the text {blob} is at none of {places}; it was given up, or its job is over',
} as const

export type JobsFaultCode = keyof typeof FAULTS

type Holes<T extends string> = T extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole | Holes<Rest>
  : never

/** What fills the holes of a code's text. */
export type JobsFaultDetail<C extends JobsFaultCode = JobsFaultCode> = Readonly<
  Record<Holes<(typeof FAULTS)[C]>, string | number>
>

/**
 * A failure that the job cluster knows by a code.
 *
 * @example throw new JobsFault('JOB_UNKNOWN', { job: 'a1' })
 */
export class JobsFault<C extends JobsFaultCode = JobsFaultCode> extends Error {
  override readonly name = 'JobsFault'
  readonly code: C
  readonly detail: JobsFaultDetail<C>

  constructor(code: C, detail: JobsFaultDetail<C>, cause?: unknown) {
    const values: Readonly<Record<string, string | number>> = detail
    const text = FAULTS[code].replace(/\{(\w+)\}/g, (_, hole: string) => String(values[hole]))
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
    this.detail = detail
  }

  /** True for an error of this class, with this code when one is given. */
  static is<K extends JobsFaultCode>(value: unknown, code?: K): value is JobsFault<K> {
    return value instanceof JobsFault && (code === undefined || value.code === code)
  }

  /** All codes, sorted. */
  static readonly codes: readonly JobsFaultCode[] = Object.freeze(
    (Object.keys(FAULTS) as JobsFaultCode[]).sort(),
  )
}
