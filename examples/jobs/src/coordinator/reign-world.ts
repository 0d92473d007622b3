/**
 * coordinator/reign-world: what a leader needs of its surroundings, as verbs.
 *
 * Tests give others; the actor gives those of its process and its node.
 */
import type { ApplicationState, Logger, Pid, ReplyOf, Timer } from 'troupe'
import type { Book } from '#jobs/store/book'
import type { Adoption, Assignment, TryName, Worker } from '#jobs/worker/worker-protocol'
import type { Time } from './schedule-policy.js'

/** What is known of a node that could work, whatever its worker says. */
export interface WorkerPlace {
  readonly node: string
  /** Of its application; `loaded`: it does not run. */
  readonly state: ApplicationState
  readonly weight: number
  readonly version: string
  /** `doubtful`: it may be gone; `leaving`: it says that it goes. */
  readonly reach: 'well' | 'doubtful' | 'leaving' | 'away'
}

export interface ReignWorld extends Time {
  readonly self: Pid
  readonly log: Logger
  random(): number
  after(delayMs: number, run: () => void): Timer
  every(periodMs: number, run: () => void): Timer
  /** As `openBook`. */
  openBook(term: number, signal: AbortSignal): Promise<Book>
  /** Coordinators that may have a text. */
  holders(): readonly string[]
  /** Whether a node is there, as far as this one knows. */
  isHere(node: string): boolean
  /** Asks a worker that has room, by weight. */
  run(assignment: Assignment): Promise<ReplyOf<typeof Worker, 'run'>>
  adopt(node: string, adoption: Adoption): Promise<ReplyOf<typeof Worker, 'adopt'>>
  cancel(node: string, name: TryName & { readonly term: number }): void
  thank(node: string, name: TryName): void
  weigh(node: string, weight: number): Promise<void>
  drain(node: string, deadlineMs: number): Promise<void>
  /** `handleDown` tells when it has ended; what is returned ends the watch. */
  watch(worker: Pid): () => void
  places(): readonly WorkerPlace[]
  start(node: string): Promise<void>
  stop(node: string): Promise<void>
  /** Leads no longer. */
  stepDown(reason: string): void
}
