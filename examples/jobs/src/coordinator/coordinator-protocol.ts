/**
 * coordinator/coordinator-protocol: what the web of any coordinator asks of the one that leads.
 *
 * The process is registered as `coordinator` on each coordinator. One that does not lead hands
 * requests on to the leader by itself, and answers `no-leader` while there is none.
 */
import { message, processName, protocol, request } from 'troupe'
import type { Job, JobKind, JobParameters } from '#jobs/job/job'
import type { JobCounts, JobQuery, ReplicaState } from '#jobs/store/book'
import { WORKER_NOTICES } from '#jobs/worker/worker-protocol'

/**
 * Ask again with the same id, another coordinator perhaps. `FULL`, `TAKING_OVER`, `STORE_LOST`,
 * `STORE_OTHER`: nothing was done; `NO_LEADER`, `NO_MAJORITY`: nobody knows whether it was;
 * `STORE_FULL`: it is done when somebody has made room.
 */
export interface Unavailable {
  readonly kind: 'unavailable'
  readonly code:
    | 'NO_LEADER'
    | 'NO_MAJORITY'
    | 'TAKING_OVER'
    | 'STORE_LOST'
    | 'STORE_OTHER'
    | 'STORE_FULL'
    | 'FULL'
  readonly problem: string
}

/** A text that a majority has on its disk already. */
export interface Submission {
  /** Given by the client, so that it may ask twice; at most 64 of [A-Za-z0-9_-]. */
  readonly id: string
  readonly kind: JobKind
  readonly parameters: JobParameters
  readonly blob: string
  readonly bytes: number
  /** In hex; with kind, parameters and bytes it says whether an id that is known means the same. */
  readonly sha256: string
}

/** One worker, as the leader sees it. */
export interface WorkerView {
  readonly node: string
  /** `bare`: its application does not run. */
  readonly state: 'bare' | 'starting' | 'running' | 'draining' | 'stopping' | 'away'
  readonly weight: number
  readonly version: string
  readonly capacity: number
  readonly running: number
  readonly done: number
  readonly failed: number
}

/** What `GET /cluster` shows. */
export interface ClusterView {
  readonly leader: string
  readonly term: number
  readonly coordinators: readonly ReplicaState[]
  /** Who keeps the jobs: the coordinators, or the members of an etcd. */
  readonly stores: readonly ReplicaState[]
  readonly workers: readonly WorkerView[]
  readonly jobs: JobCounts
  readonly wanted: { readonly workersMin: number; readonly workersMax: number }
}

export const Coordinator = protocol('jobs-coordinator', {
  submit: request<
    Submission,
    | { readonly kind: 'accepted'; readonly job: Job }
    | { readonly kind: 'known'; readonly job: Job }
    | { readonly kind: 'conflict'; readonly problem: string }
    | Unavailable
  >(),
  get: request<{ readonly id: string }, Job | Unavailable | undefined>(),
  list: request<JobQuery, readonly Job[] | Unavailable>(),
  remove: request<{ readonly id: string }, 'removed' | 'unknown' | Unavailable>(),
  /** A parked job is tried anew. */
  revive: request<{ readonly id: string }, 'revived' | 'unknown' | Unavailable>(),
  cluster: request<void, ClusterView | Unavailable>(),
  /** How many workers there should be. */
  scale: request<{ readonly min: number; readonly max: number }, 'taken' | Unavailable>(),
  drain: request<
    { readonly node: string; readonly deadlineMs: number },
    'draining' | 'unknown' | Unavailable
  >(),
  weigh: request<
    { readonly node: string; readonly weight: number },
    'weighed' | 'unknown' | Unavailable
  >(),
  /** The leader tells the others what was last asked by `scale`, so that the next one knows. */
  scaled: message<{ readonly min: number; readonly max: number }>(),
  ...WORKER_NOTICES,
})

export const COORDINATOR_NAME = 'coordinator'

/** The coordinator process of one node. */
export const coordinatorAt = (node: string) => processName(COORDINATOR_NAME, Coordinator, node)
