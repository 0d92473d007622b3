/**
 * cluster/leader/deciding: what is asked of whoever decides who leads: a vote, or an arbiter.
 *
 * Acquaintance with the processes of other nodes is the same for both; an elector keeps it.
 */
import type { Candidacy, Contender, Pid } from '#contract'
import type { Word } from './election-words.js'
import type { ElectionPart } from './elector-protocol.js'

/** A contender, and whom its process is acquainted with. */
export interface Acquaintance extends Contender {
  /** The process of a node that was heard and has not ended. */
  peerAt(node: string): Pid | undefined
  /** Tells the process of a node a word of an election. */
  say(node: string, word: Word): void
  /** It cannot go on: its process ends. */
  failed(thrown: unknown): void
}

/** A candidacy that is told of others, as a vote needs it. */
export interface Deciding extends Omit<Candidacy, 'end'> {
  readonly decidedBy: 'vote' | 'arbiter'
  readonly role: ElectionPart
  /** How often something was not taken, by cause. */
  readonly counts: Readonly<Record<string, number>>
  /** It may speak from now on. */
  begin(): void
  heard(from: string, word: Word): void
  peerUp(node: string): void
  peerDown(node: string): void
  /** The process wants to be known at a node. */
  joined(node: string): void
  /** As of a candidacy; undefined: there is nothing to wait for. */
  end(): Promise<void> | undefined
}

/** Who decides, by the options of one that takes part. */
export interface Decider {
  readonly clusterId: string
  /** As the options have them; undefined: whoever takes part. */
  readonly voters: readonly string[] | undefined
  /** A node that sends no sign is left alone for so long. */
  readonly quietMs: number
  stand(self: Acquaintance): Promise<Deciding>
}
