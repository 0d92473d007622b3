/**
 * coordinator/entries: the open jobs of a leader, and where each of them is.
 *
 * Keeps what must always agree: how many there are in each step, who has how many tries, who
 * waits in which order. Decides nothing.
 */
import type { Unmarked } from '#jobs/store/book'
import type { Act } from './acts.js'
import type { Crew } from './crew.js'
import { Waiting } from './waiting.js'

/**
 * Where an open job is. `order` is the moment, among all that the leader asks of workers, from
 * which on an answer of a worker says something about this try. Times are milliseconds.
 *
 * `asked` is the node that was asked to take it, as far as this is known: no other one has it.
 *
 * - `waiting`: for its time, and for room.
 * - `claiming`: that its next try begins is being written.
 * - `claimed`: that is durable; no worker has been asked.
 * - `offered`: one worker is asked.
 * - `held`: that one has it.
 * - `unsure`: one of these nodes may have it.
 * - `leaving`: it was called back from this node, which has not confirmed it.
 * - `closing`: what came of it is being written.
 */
export type Step =
  | { readonly kind: 'waiting'; readonly dueMs: number }
  | { readonly kind: 'claiming' | 'claimed' }
  | { readonly kind: 'offered'; readonly order: number; readonly asked: string | undefined }
  | {
      readonly kind: 'held'
      readonly node: string
      readonly order: number
      readonly sinceMs: number
      readonly heardMs: number
    }
  | {
      readonly kind: 'unsure'
      readonly nodes: ReadonlySet<string>
      readonly asked: string | undefined
      readonly order: number
      readonly untilMs: number
      readonly problem: string
    }
  | {
      readonly kind: 'leaving'
      readonly node: string
      /** It ran for too long, which is the fault of the job. */
      readonly isLong: boolean
      readonly order: number
      readonly untilMs: number
      readonly problem: string
    }
  | { readonly kind: 'closing'; readonly next: Unmarked; readonly then: readonly Act[] }

export type StepKind = Step['kind']

export interface Entry {
  /** As it was written last. */
  job: Unmarked
  step: Step
  progress: number
  /** A client takes it back; done as soon as what is being written is written. */
  unwanted: boolean
}

export type StepCounts = Readonly<Record<StepKind, number>>

/** A step of a try that a worker may have. */
export type LiveStep = Extract<Step, { readonly order: number }>
export const isLive = (step: Step): step is LiveStep => 'order' in step

/** The node that has it, as far as one node has. */
export const holderOf = (step: Step): string | undefined =>
  step.kind === 'held' || step.kind === 'leaving' ? step.node : undefined

/** The only node that may speak of it, as far as this is known. */
export const speakerOf = (step: Step): string | undefined =>
  step.kind === 'offered' || step.kind === 'unsure' ? step.asked : holderOf(step)

export class Entries {
  readonly #entries = new Map<string, Entry>()
  /** All but those that wait. */
  readonly #active = new Map<string, Entry>()
  readonly #claimed = new Set<string>()
  readonly #waiting = new Waiting()
  readonly #crew: Crew
  readonly #counts: Record<StepKind, number> = {
    ...{ waiting: 0, claiming: 0, claimed: 0, offered: 0 },
    ...{ held: 0, unsure: 0, leaving: 0, closing: 0 },
  }

  constructor(crew: Crew) {
    this.#crew = crew
  }

  get size(): number {
    return this.#entries.size
  }

  get counts(): StepCounts {
    return this.#counts
  }

  /** Those that do not wait; may be changed while it is walked. */
  get active(): Iterable<Entry> {
    return this.#active.values()
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  add(job: Unmarked, step: Step): void {
    const entry = { job, step, progress: 0, unwanted: false }
    this.#entries.set(job.id, entry)
    this.#enter(entry, step)
  }

  to(entry: Entry, step: Step): void {
    this.#leave(entry)
    entry.step = step
    this.#enter(entry, step)
  }

  remove(entry: Entry): void {
    this.#leave(entry)
    this.#entries.delete(entry.job.id)
  }

  /** The next one that may be tried. */
  nextWaiting(nowMs: number): Entry | undefined {
    const id = this.#waiting.next(nowMs)
    return id === undefined ? undefined : this.#entries.get(id)
  }

  dueCount(nowMs: number): number {
    return this.#waiting.dueCount(nowMs)
  }

  /** The one that has been claimed longest. */
  nextClaimed(): Entry | undefined {
    for (const id of this.#claimed) return this.#entries.get(id)
    return undefined
  }

  #leave({ job, step }: Entry): void {
    this.#counts[step.kind] -= 1
    const holder = holderOf(step)
    if (holder !== undefined) this.#crew.holds(holder, -1)
    this.#active.delete(job.id)
    this.#claimed.delete(job.id)
    this.#waiting.remove(job.id)
  }

  #enter(entry: Entry, step: Step): void {
    const { job } = entry
    this.#counts[step.kind] += 1
    const holder = holderOf(step)
    if (holder !== undefined) this.#crew.holds(holder, 1)
    if (step.kind === 'claimed') this.#claimed.add(job.id)
    if (step.kind === 'waiting')
      this.#waiting.add(job.id, { createdMs: job.createdMs, dueMs: step.dueMs })
    else this.#active.set(job.id, entry)
  }
}
