/**
 * contract/arbiter: who decides who leads, in the place of a vote: a store that all reach.
 *
 * Teams that run an etcd already let it decide; for the processes that take part everything else
 * stays as it is. Knows nothing of what is led.
 *
 * @source ergo-features 24; Chubby (Burrows); etcd concurrency (election)
 */
import type { Timer } from './context.js'
import type { Pid } from './identity.js'
import type { Logger } from './logger.js'

/** A process that wants to lead, as its arbiter sees it. */
export interface Contender {
  readonly clusterId: string
  readonly self: Pid
  /** Nodes that may lead, as the options have it; undefined: every one that takes part. */
  readonly voters: readonly string[] | undefined
  readonly log: Logger
  /** Steady milliseconds. */
  nowMs(): number
  /** From 0 up to 1, without it. */
  random(): number
  /** A turn of its process; none comes any more once `end` was called. */
  after(delayMs: number, run: () => void): Timer
  /**
   * Something that the candidacy answers is another now, also that its lease has ended; never
   * within a call of it.
   */
  changed(): void
}

/** What an arbiter knows of one contender; all of it holds at the instant it is asked. */
export interface Candidacy {
  /** The highest term that is known; 0 before the first. Every lead has a higher one. */
  readonly term: number
  /** The term the contender leads in; undefined: it does not. */
  readonly leadsIn: number | undefined
  /** Of the highest term that is known; undefined: nobody, as far as is known. */
  readonly leader: Pid | undefined
  /** Until when nobody else can lead; 0 when the contender does not. */
  readonly leaseLeftMs: number
  /** The nodes that may lead: this one is acquainted with all of them. */
  readonly voters: readonly string[]
  /** Rejects as `Leadership.addVoter`. */
  changeVoters(verb: 'add' | 'remove', node: string): Promise<void>
  /** Leads no longer, and lets others try first. */
  stepDown(): void
  /** Takes part no more: `leadsIn` is undefined at once. Settles when the arbiter knows. */
  end(): Promise<void>
  /** A few values for an observer. */
  inspect(): Readonly<Record<string, unknown>>
}

/**
 * Decides who leads. At most one contender of a cluster leads at any moment, each lead has a
 * higher term than all before it, and whoever hears nothing for the length of its lease leads no
 * longer before another one does. One suite of conformance tests holds for the vote and for all
 * arbiters (`leaderConformance`).
 */
export interface Arbiter {
  /** `etcd`, `memory`, … */
  readonly kind: string
  /** How wrong the pace of two clocks may be, as a share, for its leases; default 0.05. */
  readonly clockDriftMax?: number
  /** Rejects when it cannot even begin: its options cannot be. An outage is no reason to. */
  stand(candidate: Contender): Promise<Candidacy>
}
