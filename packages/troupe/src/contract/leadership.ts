/**
 * contract/leadership: one of several nodes leads; what whoever takes part gives and is shown.
 *
 * Who leads is decided by a majority of a fixed set of voters, never of those that happen to be
 * seen. A term has at most one leader; terms only grow, so that a store that remembers the highest
 * one can refuse what a frozen leader still does.
 *
 * @source Raft (Ongaro), 3 and 4.1, 6.4.1, 9.6; ergo-features 24, weakness 1; design 7
 */
import type { Arbiter } from './arbiter.js'
import type { Pid } from './identity.js'

/** What a voter must not forget: what it has promised. */
export interface Ballot {
  readonly term: number
  /** The node it voted for in this term; undefined: none. */
  readonly votedFor: string | undefined
  /** The voters, as far as that was changed at run time; undefined: as the options say. */
  readonly voters: readonly string[] | undefined
  /** Which change of the voters that was: the term of the leader that made it, and its number. */
  readonly votersTerm: number
  readonly votersChange: number
}

/**
 * Keeps the ballot of one voter over its restarts. A vote leaves the node only once `save` has
 * settled, so it must be on the disk then. A rejection makes the voter abstain.
 */
export interface BallotStorage {
  /** Undefined: there never was one. Rejects when it cannot be read: the voter does not start. */
  load(): Promise<Ballot | undefined>
  save(ballot: Ballot): Promise<void>
}

/** How a leader is elected. Times are milliseconds; all voters should have the same. */
export interface ElectionOptions {
  /** What is led; words of another cluster are counted and ignored. At most 255 bytes. */
  readonly clusterId: string
  /** The nodes that vote, this one among them or not; default this one alone, which leads. */
  readonly voters?: readonly string[]
  /** Silence of the leader after which a voter stands itself; by chance between both. */
  readonly electionTimeoutMinMs?: number
  readonly electionTimeoutMaxMs?: number
  /** How often the leader tells that it leads. */
  readonly heartbeatMs?: number
  /** How wrong the pace of two clocks may be, as a share; the lease is shorter by it. */
  readonly clockDriftMax?: number
  /** Default: in memory; see the guide for what that can and cannot promise. */
  readonly storage?: BallotStorage
  /**
   * Decides in the place of a vote: then `voters` are the nodes that may lead, by default all that
   * take part, and no other option of a vote may be given.
   */
  readonly arbiter?: Arbiter
}

/** What the options of an election leave open. */
export const ELECTION_DEFAULTS = Object.freeze({
  electionTimeoutMinMs: 150,
  electionTimeoutMaxMs: 300,
  heartbeatMs: 50,
  clockDriftMax: 0.05,
})

/** What a process that takes part sees and may do: `context.leadership`. */
export interface Leadership {
  readonly clusterId: string
  /**
   * This process leads and its lease holds now: no other one does. It may end a moment later, so
   * what leaves the process carries `term`, and whoever takes it checks that.
   */
  readonly isLeader: boolean
  /** The leader of the current term, as far as it is known; may be this process. */
  readonly leader: Pid | undefined
  /** The highest term this voter knows; 0 before the first. A fencing token while it leads. */
  readonly term: number
  /** Until the lease ends; 0 when this process does not lead. */
  readonly leaseLeftMs: number
  readonly voters: readonly string[]
  /** The processes of the other voters and of those who joined, as far as they were heard. */
  readonly peers: readonly Pid[]
  hasPeer(peer: Pid): boolean
  /** Sends to all peers; how many took it. */
  broadcast(message: string, payload?: unknown): number
  /** Sends to the nodes of all other voters, heard or not; how many took it. */
  broadcastVoters(message: string, payload?: unknown): number
  /** Makes itself known to the process at a node, so that each is a peer of the other. */
  join(node: string): void
  /**
   * Makes a node a voter, or takes it out, one at a time; settles when a majority of the new set
   * has it. Rejects with NOT_LEADER, VOTERS_CHANGING, VOTERS_UNREACHED, LEADERSHIP_LOST,
   * OPTION_INVALID.
   */
  addVoter(node: string): Promise<void>
  removeVoter(node: string): Promise<void>
  /** Leads no longer, and does not stand for one election timeout. */
  stepDown(): void
}
