/**
 * store/book: what the coordinator that leads may do with the jobs all coordinators keep.
 *
 * The one writer is the leader; what it writes holds once a majority has it on its disk, and a
 * coordinator that has promised a later term takes nothing of an earlier one.
 */
import type { JobsFault } from '#jobs/job/faults'
import type { Job, JobState } from '#jobs/job/job'

/** What a leader writes: the mark is given by the book. */
export type Unmarked = Omit<Job, 'mark'>

/** What is listed. */
export interface JobQuery {
  readonly states?: readonly JobState[]
  readonly kind?: string
  readonly worker?: string
  /** At most so many, newest first. */
  readonly limit: number
  /** Only older ones than this id's. */
  readonly before?: string
}

/** How many jobs there are in each state. */
export type JobCounts = Readonly<Record<JobState, number>>

/** How one coordinator follows. */
export interface ReplicaState {
  readonly node: string
  readonly state: 'current' | 'catching-up' | 'away' | 'failing'
  readonly problem: string | undefined
  readonly term: number
  /** Records that it lacks, as far as that is known. */
  readonly behind: number
}

/** The jobs, for one term of one leader. Made by `openBook`. */
export interface Book {
  readonly term: number
  /** Jobs that are neither done, parked, failed nor deleted: all there was when it was opened. */
  readonly open: readonly Job[]
  /**
   * Settles when a majority has it; writes of one turn leave together. Rejects with
   * `JobsFault` STALE_TERM when a later term was promised elsewhere, and NO_MAJORITY after
   * `writeTimeoutMs`: then nobody knows whether it holds.
   */
  write(jobs: readonly Unmarked[]): Promise<readonly Job[]>
  /** As the last settled write has left it. */
  get(id: string): Job | undefined
  list(query: JobQuery): readonly Job[]
  counts(): JobCounts
  replicas(): readonly ReplicaState[]
  /** Settles when the book has ended: STALE_TERM, the own store failed, or it was closed. */
  readonly ended: Promise<JobsFault>
  /** Follows no more; open writes reject. */
  close(): void
}
