/**
 * job/life: the legal steps of a job, and what its record is after each of them.
 *
 * Pure: time and chance are arguments. A try counts from the moment it is written, before any
 * worker has it, so that a job that ends its worker is counted as well. An attempt number is given
 * once in the whole life of a job, also after it was revived.
 */
import type { Job, JobState } from '#jobs/job/job'
import type { Unmarked } from '#jobs/store/book'
import type { Outcome } from '#jobs/worker/worker-protocol'

/** How often a job is tried, and when again. Times are milliseconds. */
export interface LifePolicy {
  /** Tries that may end in a crash before the job is parked; a revived one has as many again. */
  readonly triesMax: number
  /** The wait after the first crash; doubled after each further one. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
}

export const LIFE_DEFAULTS: LifePolicy = Object.freeze({
  triesMax: 5,
  backoffMs: 500,
  backoffMaxMs: 30_000,
})

const NEXT: Readonly<Record<JobState, readonly JobState[]>> = Object.freeze({
  queued: ['running', 'deleted'],
  running: ['queued', 'done', 'parked', 'failed', 'deleted'],
  done: ['deleted'],
  parked: ['queued', 'deleted'],
  failed: ['deleted'],
  deleted: [],
} as const)

/** Whether a job may come from one state into the other. */
export const isStep = (from: JobState, to: JobState): boolean => NEXT[from].includes(to)

/** Whether the leader has something left to do for it. */
export const isOpen = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'queued' || state === 'running'

/** Longest report of a try that is kept, in characters. */
export const PROBLEM_MAX_CHARS = 500

/** What a client gives of a job. */
export type Given = Pick<Job, 'id' | 'kind' | 'parameters' | 'blob' | 'bytes' | 'sha256'>

/** A job that a client has handed in. */
export const submitted = (given: Given, nowMs: number): Unmarked => ({
  id: given.id,
  kind: given.kind,
  parameters: given.parameters,
  blob: given.blob,
  bytes: given.bytes,
  sha256: given.sha256,
  state: 'queued',
  tries: 0,
  worker: undefined,
  term: 0,
  progress: 0,
  result: undefined,
  problem: undefined,
  notBeforeMs: 0,
  createdMs: nowMs,
  changedMs: nowMs,
})

/** The record without its mark: the book gives each write a new one. */
export function unmarked(job: Unmarked | Job): Unmarked {
  const { mark: _, ...rest } = job as Job
  return rest
}

/** The next try begins: the record is written before a worker is asked. */
export const begun = (job: Unmarked, term: number, nowMs: number): Unmarked => ({
  ...unmarked(job),
  state: 'running',
  tries: job.tries + 1,
  worker: undefined,
  term,
  progress: 0,
  notBeforeMs: 0,
  changedMs: nowMs,
})

/** What a try has come to, with whom. */
export interface Ending {
  readonly outcome: Outcome
  readonly worker: string | undefined
  readonly nowMs: number
  /** [0, 1), for the jitter of the wait. */
  readonly chance: number
}

/** A try has ended: done, failed for good, tried again later, or parked. */
export function ended(job: Unmarked, ending: Ending, policy: LifePolicy): Unmarked {
  const { outcome, worker, nowMs } = ending
  const base = { ...unmarked(job), worker: worker ?? job.worker, changedMs: nowMs }
  if (outcome.kind === 'done') {
    return { ...base, state: 'done', progress: 1, result: outcome.result, problem: undefined }
  }
  const problem = outcome.problem.slice(0, PROBLEM_MAX_CHARS)
  if (outcome.kind === 'failed') return { ...base, state: 'failed', problem }
  const crashes = crashesInARow(job.tries, policy.triesMax)
  if (crashes >= policy.triesMax) return { ...base, state: 'parked', problem }
  const notBeforeMs = nowMs + waitMs(crashes, ending.chance, policy)
  return { ...base, state: 'queued', progress: 0, problem, notBeforeMs }
}

/** Tries never begin anew at 1, so a revived job is parked at the next multiple. */
const crashesInARow = (tries: number, triesMax: number): number =>
  tries === 0 ? 0 : ((tries - 1) % triesMax) + 1

/** Between half of the wait and all of it, so that many that crashed together come apart. */
function waitMs(crashes: number, chance: number, policy: LifePolicy): number {
  const doubled = policy.backoffMs * 2 ** Math.max(0, crashes - 1)
  return Math.round(Math.min(doubled, policy.backoffMaxMs) * (0.5 + chance / 2))
}

/** Taken back by a client; undefined: it is deleted already. */
export const deleted = (job: Unmarked, nowMs: number): Unmarked | undefined =>
  isStep(job.state, 'deleted')
    ? { ...unmarked(job), state: 'deleted', result: undefined, changedMs: nowMs }
    : undefined

/** Tried anew by a person; undefined: it is not parked. */
export const revived = (job: Unmarked, nowMs: number): Unmarked | undefined =>
  job.state === 'parked'
    ? { ...unmarked(job), state: 'queued', progress: 0, notBeforeMs: 0, changedMs: nowMs }
    : undefined
