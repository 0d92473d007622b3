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
  /** Tries that the job itself may end before it is parked; a revived one has as many again. */
  readonly triesMax: number
  /** The same of tries that were lost with their worker: mostly it is not the job's fault. */
  readonly lossesMax: number
  /** The wait after the first crash, and each loss; doubled after each further crash. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
}

export const LIFE_DEFAULTS: LifePolicy = Object.freeze({
  triesMax: 5,
  lossesMax: 20,
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

/** What became of a try: its worker has told, or it was lost with its worker. */
export type TryOutcome = Outcome | { readonly kind: 'lost'; readonly problem: string }

/** What a try has come to, with whom. */
export interface Ending {
  readonly outcome: TryOutcome
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
  const isCrash = outcome.kind === 'crashed'
  const crashes = (job.crashes ?? 0) + (isCrash ? 1 : 0)
  const losses = (job.losses ?? 0) + (isCrash ? 0 : 1)
  const counted = { ...base, crashes, losses, problem }
  if (crashes >= policy.triesMax || losses >= policy.lossesMax) {
    return { ...counted, state: 'parked' }
  }
  const notBeforeMs = nowMs + waitMs(isCrash ? crashes : 1, ending.chance, policy)
  return { ...counted, state: 'queued', progress: 0, notBeforeMs }
}

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
    ? {
        ...{ ...unmarked(job), state: 'queued', progress: 0, notBeforeMs: 0, changedMs: nowMs },
        ...{ crashes: 0, losses: 0 },
      }
    : undefined
