/**
 * worker/desk: the tries of one worker, and what it does with the words of leaders.
 *
 * Decides only. The highest term it has heard of is remembered, also by a later life of the worker
 * on this node, and words of earlier ones change nothing. Limit: `HELD_MAX` tries.
 */
import { Pid } from 'troupe'
import type { Adoption, Assignment, Held, Outcome, TryName } from './worker-protocol.js'

/** Tries that are held, most of them finished and not thanked for. */
export const HELD_MAX = 256

/** Tries at the same time when nothing else is configured, and the most that can be. */
export const CONCURRENCY_DEFAULT = 2
export const CONCURRENCY_MAX = 64

/** What outlives a worker that ends: a new one on the same node believes no earlier term. */
export interface WorkerMemory {
  term: number
  /** What calls off the tries that run. */
  readonly open: Set<AbortController>
  /** Ends the following of the configuration. */
  unfollow: () => void
}

export const newMemory = (): WorkerMemory => ({ term: 0, open: new Set(), unfollow: () => {} })

/** One try. */
export interface HeldTry {
  readonly assignment: Assignment
  /** Of the leader it is held for now, who is told: grows when it is adopted; its effect's not. */
  term: number
  progress: number
  /** Undefined: it runs. */
  outcome: Outcome | undefined
  /** How often the outcome was told. */
  told: number
}

/** What becomes of an assignment; `ended`: an earlier try of the job, which is over now. */
export type Verdict =
  | { readonly kind: 'begin'; readonly begun: HeldTry; readonly ended: HeldTry | undefined }
  | { readonly kind: 'known' | 'full' | 'draining' }
  | { readonly kind: 'stale'; readonly term: number }

/** The tries of one worker. */
export class Desk {
  readonly #memory: WorkerMemory
  readonly #tries = new Map<string, HeldTry>()
  /** Who is told; undefined before the first word of one. */
  leader: Pid | undefined
  concurrency = CONCURRENCY_DEFAULT
  isDraining = false

  constructor(memory: WorkerMemory) {
    this.#memory = memory
  }

  get term(): number {
    return this.#memory.term
  }

  get size(): number {
    return this.#tries.size
  }

  get running(): number {
    let running = 0
    for (const held of this.#tries.values()) if (held.outcome === undefined) running += 1
    return running
  }

  tries(): readonly HeldTry[] {
    return [...this.#tries.values()]
  }

  /** For a leader that takes over. */
  held(): readonly Held[] {
    return this.tries().map(({ assignment: { job, attempt }, term, progress, outcome }) => {
      return { job, attempt, term, progress, outcome }
    })
  }

  find({ job, attempt }: TryName): HeldTry | undefined {
    const held = this.#tries.get(job)
    return held?.assignment.attempt === attempt ? held : undefined
  }

  assign(assignment: Assignment): Verdict {
    const { job, attempt, term, leader } = assignment
    if (!this.#heed({ term, leader })) return { kind: 'stale', term: this.term }
    const held = this.#tries.get(job)
    if (held?.assignment.attempt === attempt) return { kind: 'known' }
    if (this.isDraining) return { kind: 'draining' }
    // A late copy of an earlier word; whoever sent it does not wait any more.
    if (held !== undefined && held.assignment.attempt > attempt) return { kind: 'full' }
    const running = this.running - (held !== undefined && held.outcome === undefined ? 1 : 0)
    if (running >= this.concurrency || this.#tries.size >= HELD_MAX) return { kind: 'full' }
    const begun: HeldTry = { assignment, term, progress: 0, outcome: undefined, told: 0 }
    this.#tries.set(job, begun)
    return { kind: 'begin', begun, ended: held }
  }

  /** False: it is late. */
  adopt(adoption: Adoption): boolean {
    if (!this.#heed(adoption)) return false
    for (const held of this.#tries.values()) {
      held.term = adoption.term
      held.told = 0
    }
    return true
  }

  forget(held: HeldTry): boolean {
    const { job } = held.assignment
    return this.#tries.get(job) === held && this.#tries.delete(job)
  }

  /** A term has one leader: whoever else claims it is not heeded. */
  #heed({ term, leader }: Adoption): boolean {
    if (term < this.term) return false
    const known = term === this.term ? this.leader : undefined
    if (known !== undefined && !Pid.equals(known, leader)) return false
    this.#memory.term = term
    this.leader = leader
    return true
  }
}
