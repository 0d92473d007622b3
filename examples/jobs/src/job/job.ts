/**
 * job/job: a job, as it is stored and as it is shown.
 *
 * A record is replaced as a whole, never changed in place. Which of two records of one job is the
 * later one is said by their marks alone, whatever clocks say.
 */

/** What can be done with a text. */
export const JOB_KINDS = Object.freeze(['word-count', 'n-grams', 'hash-chain', 'gzip'] as const)
export type JobKind = (typeof JOB_KINDS)[number]

/**
 * `queued`: waits for a worker, perhaps for a while after a failed try; `running`: at a worker;
 * `done`; `parked`: failed too often, waits for a person; `failed`: it cannot succeed, as its
 * input is wrong; `deleted`: taken back, kept for a while so that others learn it.
 */
export const JOB_STATES = Object.freeze([
  'queued',
  'running',
  'done',
  'parked',
  'failed',
  'deleted',
] as const)
export type JobState = (typeof JOB_STATES)[number]

/** Where in the order of all writes a record stands: the term of its leader, then its number. */
export interface Mark {
  readonly term: number
  readonly sequence: number
}

/** Options of a kind: `n` of n-grams, `rounds` of the hash chain, `level` of gzip. */
export type JobParameters = Readonly<Record<string, number>>

/** One job, as coordinators store it. Times are milliseconds since 1970. */
export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly parameters: JobParameters
  /** Key of its text, which may have up to 64 MB. */
  readonly blob: string
  readonly bytes: number
  /** Of its text, in hex: tells whether an id that is given again means the same. */
  readonly sha256: string
  readonly state: JobState
  /** Tries that have begun. */
  readonly tries: number
  /** Of these, since it was handed in or revived: ended by the job itself. Default 0. */
  readonly crashes?: number
  /** And those of which nobody told the end: their worker was lost. Default 0. */
  readonly losses?: number
  /** The node that has it, or had it last. */
  readonly worker: string | undefined
  /** The term under which it was handed out last; fences its effects. */
  readonly term: number
  /** 0 to 1. */
  readonly progress: number
  /** Small, and the same for every try. */
  readonly result: unknown
  /** What the last failed try reported. */
  readonly problem: string | undefined
  /** Not handed out before. */
  readonly notBeforeMs: number
  readonly createdMs: number
  readonly changedMs: number
  readonly mark: Mark
}

/** Longest text of a job, in bytes. */
export const BODY_MAX_BYTES = 64 * 1024 * 1024

/** Left is before right: below 0; after: above 0. */
export const compareMarks = (left: Mark, right: Mark): number =>
  left.term - right.term || left.sequence - right.sequence

/** Before all marks. */
export const NO_MARK: Mark = Object.freeze({ term: 0, sequence: 0 })
