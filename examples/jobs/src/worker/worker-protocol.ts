/**
 * worker/worker-protocol: what a leader asks of a worker, and what a worker tells its leader.
 *
 * The worker process of each node is registered as `jobs-worker`, which is also the name of its
 * application: `service('jobs-worker', Worker)` reaches one of them. Words of other nodes are
 * checked for their form.
 */
import { message, type Pid, protocol, request } from 'troupe'
import type { JobKind, JobParameters } from '#jobs/job/job'
import { SHAPES, shape } from './shapes.js'

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

/** A leader that takes over. */
export interface Adoption {
  readonly term: number
  readonly leader: Pid
}

/** One try, by its job. */
export interface TryName {
  readonly job: string
  readonly attempt: number
}

/** Told every second while a try runs, also when nothing changed: a sign of life. */
export interface Progressed extends TryName {
  readonly term: number
  readonly progress: number
}

/** Told until thanked. */
export interface FinishedTry extends TryName {
  readonly term: number
  readonly outcome: Outcome
  readonly worker: Pid
}

/** A worker is there, or its room has changed. */
export interface Capacity {
  readonly worker: Pid
  /** Tries that it runs at the same time. */
  readonly capacity: number
  readonly running: number
  readonly draining: boolean
}

export const Worker = protocol('jobs-worker', {
  /** Takes a try, or says that it is full, draining, or has heard of a later term. */
  run: request(shape<Assignment>(SHAPES.assignment)).answers<
    | { readonly kind: 'accepted'; readonly worker: Pid }
    | { readonly kind: 'full' | 'draining' }
    | { readonly kind: 'stale'; readonly term: number }
  >(),
  /** A new leader takes over: from now on it is told, under its term; effects keep theirs. */
  adopt: request(shape<Adoption>(SHAPES.adoption)).answers<
    | {
        readonly kind: 'adopted'
        readonly worker: Pid
        readonly held: readonly Held[]
        readonly capacity: number
      }
    | { readonly kind: 'stale'; readonly term: number }
  >(),
  /** The leader has stored the outcome. */
  thanks: message(shape<TryName>(SHAPES.thanks)),
  /** Ends a try that is not wanted any more. */
  cancel: message(shape<TryName & { readonly term: number }>(SHAPES.cancel)),
  /** Changes its weight; NOT the node's other applications. */
  weigh: request(shape<{ readonly weight: number }>(SHAPES.weight)).answers<void>(),
  /** Leaves routing, finishes what it has, then stops its node; answers at once. */
  drain: request(shape<{ readonly deadlineMs: number }>(SHAPES.drain)).answers<void>(),
})

/** What a worker tells the leader; these are messages of the coordinator's protocol, too. */
export const WORKER_NOTICES = Object.freeze({
  progressed: message(shape<Progressed>(SHAPES.progressed)),
  finished: message(shape<FinishedTry>(SHAPES.finished)),
  capacity: message(shape<Capacity>(SHAPES.capacity)),
})
