/**
 * worker/worker-protocol: what a leader asks of a worker, and what a worker tells its leader.
 *
 * The worker process of each node is registered as `jobs-worker`, which is also the name of its
 * application: `service('jobs-worker', Worker)` reaches one of them.
 */
import { message, type Pid, protocol, request } from 'troupe'
import type { JobKind, JobParameters } from '#jobs/job/job'

export const WORKER_APPLICATION = 'jobs-worker'

/** One try of one job. */
export interface Assignment {
  readonly job: string
  /** Counts from 1. */
  readonly attempt: number
  /** Of the leader that gives it out; goes with every effect. */
  readonly term: number
  readonly kind: JobKind
  readonly parameters: JobParameters
  readonly blob: string
  readonly bytes: number
  readonly sha256: string
  /** Coordinators that may have the text, in the order in which they are asked. */
  readonly holders: readonly string[]
  /** Who is told. */
  readonly leader: Pid
}

/** What became of a try. `failed`: it cannot succeed; `crashed`: another try may. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'crashed'; readonly problem: string }

/** A try that a worker has, or has finished and not been thanked for. */
export interface Held {
  readonly job: string
  readonly attempt: number
  readonly term: number
  readonly progress: number
  /** Undefined: it runs. */
  readonly outcome: Outcome | undefined
}

export const Worker = protocol('jobs-worker', {
  /** Takes a try, or says that it is full, draining, or has heard of a later term. */
  run: request<
    Assignment,
    | { readonly kind: 'accepted'; readonly worker: Pid }
    | { readonly kind: 'full' | 'draining' }
    | { readonly kind: 'stale'; readonly term: number }
  >(),
  /** A new leader takes over: from now on it is told, and tries go on under its term. */
  adopt: request<
    { readonly term: number; readonly leader: Pid },
    | {
        readonly kind: 'adopted'
        readonly worker: Pid
        readonly held: readonly Held[]
        readonly capacity: number
      }
    | { readonly kind: 'stale'; readonly term: number }
  >(),
  /** The leader has stored the outcome. */
  thanks: message<{ readonly job: string; readonly attempt: number }>(),
  /** Ends a try that is not wanted any more. */
  cancel: message<{ readonly job: string; readonly attempt: number; readonly term: number }>(),
  /** Changes its weight; NOT the node's other applications. */
  weigh: request<{ readonly weight: number }, void>(),
  /** Leaves routing, finishes what it has, then stops its node; answers at once. */
  drain: request<{ readonly deadlineMs: number }, void>(),
})

/** What a worker tells the leader; these are messages of the coordinator's protocol, too. */
export const WORKER_NOTICES = Object.freeze({
  /** Repeated every second while it runs, also when nothing changed: a sign of life. */
  progressed: message<{
    readonly job: string
    readonly attempt: number
    readonly term: number
    readonly progress: number
  }>(),
  /** Repeated until thanked. */
  finished: message<{
    readonly job: string
    readonly attempt: number
    readonly term: number
    readonly outcome: Outcome
    readonly worker: Pid
  }>(),
  /** A worker is there, or its room has changed. */
  capacity: message<{
    readonly worker: Pid
    readonly capacity: number
    readonly running: number
    readonly draining: boolean
  }>(),
})
