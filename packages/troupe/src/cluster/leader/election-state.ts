/**
 * cluster/leader/election-state: what one node knows of an election, what happens to it, and what
 * follows.
 *
 * The state is one object that `step` changes in place. It holds no clock and no socket: times
 * come with each input, by the monotonic clock of the node.
 *
 * @source Raft (Ongaro) 3, 4.1, 6.4.1, 9.6; design 7
 */
import type { Random } from '#base/random'
import type { Ballot } from '#contract'
import type { Electorate, Word } from './election-words.js'
import type { ChangeRefusal } from './voter-changes.js'

/** All voters should have the same ones, but for `self` and `isDurable`. */
export interface ElectionSettings {
  /** The name of this node. */
  readonly self: string
  /** The voters as the options say. */
  readonly voters: readonly string[]
  readonly electionTimeoutMinMs: number
  readonly electionTimeoutMaxMs: number
  readonly heartbeatMs: number
  readonly clockDriftMax: number
  /** There is a storage: votes wait until they are in it. */
  readonly isDurable: boolean
}

/** What happens to an election. `start` is the first one, and comes once. */
export type ElectionInput =
  | { readonly kind: 'start'; readonly ballot: Ballot | undefined }
  | { readonly kind: 'tick' }
  | { readonly kind: 'word'; readonly from: string; readonly word: Word }
  | { readonly kind: 'peer-up' | 'peer-down'; readonly node: string }
  | { readonly kind: 'saved' | 'save-failed'; readonly id: number }
  | { readonly kind: 'join'; readonly node: string }
  | {
      readonly kind: 'change'
      readonly id: number
      readonly verb: 'add' | 'remove'
      readonly node: string
    }
  | { readonly kind: 'step-down' }

/** Why somebody leads no longer. */
export type DeposedCause =
  | 'lease-ended'
  | 'never-confirmed'
  | 'higher-term'
  | 'stepped-down'
  | 'removed'

/** Why a word was of no use. */
export type WordRefusal =
  | 'stranger'
  | 'future'
  | 'past'
  | 'voters-differ'
  | 'two-leaders'
  | 'observers-full'
  | 'not-started'

/** What is to be done, in this order. */
export type ElectionEffect =
  | { readonly kind: 'send'; readonly to: string; readonly word: Word }
  | { readonly kind: 'save'; readonly id: number; readonly ballot: Ballot }
  | { readonly kind: 'elected'; readonly term: number }
  | { readonly kind: 'deposed'; readonly term: number; readonly cause: DeposedCause }
  | { readonly kind: 'following'; readonly leader: string | undefined; readonly term: number }
  | { readonly kind: 'term'; readonly before: number; readonly after: number }
  | { readonly kind: 'voters'; readonly voters: readonly string[] }
  | { readonly kind: 'changed'; readonly id: number }
  | { readonly kind: 'unchanged'; readonly id: number; readonly code: ChangeRefusal }
  | { readonly kind: 'refused'; readonly from: string; readonly cause: WordRefusal }

/** `waiter` asks whether it would be voted for, `candidate` asks for votes. */
export type ElectionRole = 'follower' | 'waiter' | 'candidate' | 'leader'

/** The mark of a voter that has no vote left in this term and does not know for whom it was. */
export const ABSTAINED = ''

export interface VoterChange {
  readonly id: number
  readonly voters: readonly string[]
  /** It is given up if the voters are still as they were then. */
  readonly untilMs: number
  /** The leader first makes the voters as they are its own, then changes them. */
  stage: 'claim' | 'set'
}

/** What a leader knows, from the votes to its end. */
export interface Lead {
  readonly wonAtMs: number
  /** It has had a lease: it was told that it leads. */
  isConfirmed: boolean
  beatAtMs: number
  /** When which heartbeat was sent, as far back as a lease reaches. */
  readonly sentAtMs: Map<number, number>
  /** When the newest heartbeat was sent that a node has heard. */
  readonly heardAtMs: Map<string, number>
  /** Which voters a node keeps. */
  readonly keeps: Map<string, VotersNumber>
  change: VoterChange | undefined
}

interface Recollection {
  readonly term: number
  readonly fresh: boolean
  readonly life: number
}

/** A voter that has forgotten everything, until it knows what it must not do. */
export interface Waking {
  /** It has forgotten nothing, or has found out all there is. */
  isAwake: boolean
  readonly life: number
  /** Its earlier life's promises have ended, and who stood then stands no more. */
  untilMs: number
  askAtMs: number
  leapAtMs: number
  round: number
  readonly heard: Map<string, Recollection>
  /** In which lives all others were fresh, all at one time. */
  readonly cold: Map<string, number>
}

/** Which set of voters. */
export interface VotersNumber {
  readonly term: number
  readonly change: number
}

/** What of the ballot is where. */
export interface Keeping {
  /** Grows with each change of what must be kept. */
  wanted: number
  saved: number
  /** What is on its way to the storage; 0: nothing. */
  saving: number
  savingVoters: VotersNumber
  savedVoters: VotersNumber
  isFailing: boolean
  retryAtMs: number
  held: { readonly version: number; readonly effect: ElectionEffect }[]
}

export interface Election {
  readonly settings: ElectionSettings
  readonly random: Random
  isStarted: boolean
  nowMs: number
  role: ElectionRole
  term: number
  /** Undefined: the vote of this term is still there. */
  votedFor: string | undefined
  /** The ballot in which it voted for itself; it counts once that is kept. */
  ownVote: number
  electorate: Electorate
  /** The leader of this term, as far as it was heard. */
  leader: string | undefined
  /** The connection with the leader ended, or it has resigned. */
  isLeaderGone: boolean
  /** The highest term whose leader has resigned. */
  overTerm: number
  /** Until then it has promised its leader to vote for nobody. */
  promiseUntilMs: number
  /** When it stands, or says that it knows no leader. */
  electionAtMs: number
  /** After it has stepped down it does not stand until then. */
  abstainUntilMs: number
  round: number
  readonly granted: Set<string>
  lead: Lead | undefined
  readonly waking: Waking
  readonly keeping: Keeping
  readonly observers: Set<string>
  /** When it last asked because of a word it could not judge. */
  askedAtMs: number
  readonly counts: Record<WordRefusal, number>
  out: ElectionEffect[]
}

/** More nodes than these are not told who leads. */
export const OBSERVERS_MAX = 1_000
const LIFE_LIMIT = 2 ** 40
const NO_CHANGE: VotersNumber = Object.freeze({ term: 0, change: 0 })

/** An election that has not started: give it `start` first. */
export function openElection(settings: ElectionSettings, random: Random): Election {
  const life = 1 + random.below(LIFE_LIMIT)
  return {
    ...{ settings, random, isStarted: false, nowMs: -Infinity, role: 'follower' },
    ...{
      term: 0,
      votedFor: undefined,
      ownVote: 0,
      leader: undefined,
      isLeaderGone: false,
      overTerm: 0,
    },
    electorate: { term: 0, change: 0, voters: settings.voters },
    ...{ promiseUntilMs: -Infinity, electionAtMs: Infinity, abstainUntilMs: -Infinity },
    // Chance, so that no word to an earlier life of this node fits a question of this one.
    ...{ round: life, granted: new Set(), lead: undefined },
    waking: {
      ...{ isAwake: false, life, untilMs: Infinity, askAtMs: Infinity, leapAtMs: Infinity },
      ...{ round: life, heard: new Map(), cold: new Map() },
    },
    keeping: {
      ...{ wanted: 0, saved: 0, saving: 0, savingVoters: NO_CHANGE, savedVoters: NO_CHANGE },
      ...{ isFailing: false, retryAtMs: Infinity, held: [] },
    },
    ...{ observers: new Set(), askedAtMs: -Infinity },
    counts: {
      ...{ stranger: 0, future: 0, past: 0, 'voters-differ': 0, 'two-leaders': 0 },
      ...{ 'observers-full': 0, 'not-started': 0 },
    },
    out: [],
  }
}

export const quorumOf = (voters: readonly string[]): number => Math.floor(voters.length / 2) + 1

export const isVoter = ({ electorate, settings }: Election): boolean =>
  electorate.voters.includes(settings.self)

/** Everybody else who votes. */
export const otherVoters = ({ electorate, settings }: Election): readonly string[] =>
  electorate.voters.filter((node) => node !== settings.self)

/**
 * When the lease ends, by the clock of this node; -Infinity: there is none. With `voters` when it
 * would end if they were these.
 */
export function leaseEndMs(
  { lead, electorate, settings }: Election,
  nowMs: number,
  voters: readonly string[] = electorate.voters,
): number {
  if (lead === undefined) return -Infinity
  const heard = voters
    .map((node) => (node === settings.self ? nowMs : (lead.heardAtMs.get(node) ?? -Infinity)))
    .sort((left, right) => right - left)
  const reachedAtMs = heard[quorumOf(voters) - 1] ?? -Infinity
  return reachedAtMs + settings.electionTimeoutMinMs * (1 - settings.clockDriftMax)
}

/** It is the only voter, and never was one of several. */
export const isAloneByOptions = ({ electorate, settings }: Election): boolean =>
  electorate.term === 0 && electorate.voters.length === 1 && electorate.voters[0] === settings.self

/** A time between both election timeouts, by chance. */
export function electionDelayMs({ settings, random }: Election): number {
  const { electionTimeoutMinMs: min, electionTimeoutMaxMs: max } = settings
  return min + random.unit() * (max - min)
}

export function send(election: Election, to: string, word: Word): void {
  election.out.push({ kind: 'send', to, word })
}

/** What is said to all other voters. */
export function sendVoters(election: Election, word: Word): void {
  for (const node of otherVoters(election)) send(election, node, word)
}

export function refuse(election: Election, from: string, cause: WordRefusal): void {
  election.counts[cause] += 1
  election.out.push({ kind: 'refused', from, cause })
}

/** Tells who leads if that is news. */
export function setLeader(election: Election, leader: string | undefined): void {
  if (leader === election.leader) return
  election.leader = leader
  election.out.push({ kind: 'following', leader, term: election.term })
}

/** One line for logs, transcripts and inspection. */
export function describeElection(election: Election): string {
  const { role, term, leader, waking, settings } = election
  const what = (): string => {
    if (!isVoter(election)) return leader === undefined ? 'observer' : `observer of ${leader}`
    if (!waking.isAwake) return 'remembering'
    if (role === 'leader') return election.lead?.isConfirmed ? 'leader' : 'elected'
    if (role === 'follower') return leader === undefined ? 'follower' : `follower of ${leader}`
    return `${role}, ${election.granted.size} of ${election.electorate.voters.length} votes`
  }
  return `${settings.self}: ${what()}, term ${term}`
}
