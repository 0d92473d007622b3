/**
 * cluster/leader/elector-protocol: what electors of one cluster say to each other, and its check.
 *
 * What comes is of another node, perhaps an older one, perhaps a hostile one: it is read field by
 * field, and who speaks is what the connection proved, never what the message says.
 */
import { message, Pid, protocol, request } from '#contract'
import { readWord, type Word } from './election-words.js'
import type { LeadChange } from './lead-changes.js'

/** `candidate`: it stands; `observer`: it follows and is no voter. */
export type ElectionPart = 'leader' | 'follower' | 'candidate' | 'observer'

/** One part in an election, as its own node shows it. */
export interface ElectionSight {
  readonly clusterId: string
  readonly owner: Pid
  readonly role: ElectionPart
  readonly decidedBy: 'vote' | 'arbiter'
  readonly term: number
  readonly leader: Pid | undefined
  /** Until the lease ends; 0: this process does not lead. */
  readonly leaseLeftMs: number
  readonly voters: readonly string[]
  readonly heard: readonly Pid[]
  readonly changes: readonly LeadChange[]
}

/**
 * What an elector can be told. `owner`: the process it elects for. `sight` and `stepDown` are for
 * its own node: NOT_ALLOWED to others, which ask the process `system`.
 */
export const electionProtocol = protocol('troupe.election', {
  word: message<unknown>(),
  owner: request<void, Pid>(),
  sight: request<void, ElectionSight>(),
  /** True when it led. */
  stepDown: request<void, boolean>(),
})

/** Beginning of the names of all electors of a node. */
export const ELECTOR_PREFIX = 'election/'
/** What an elector is called in lists of processes. */
export const ELECTOR_BEHAVIOUR = 'Election'
/** The name of the elector of a cluster, on each node. */
export const electorName = (clusterId: string): string => `${ELECTOR_PREFIX}${clusterId}`

/** What travels: a word of the election, or a greeting by which processes come to be known. */
export interface Envelope {
  readonly clusterId: string
  /** The process that takes part. */
  readonly pid: Pid
  readonly said: Word | Greeting
}

/** The first is answered by the second, which is not answered. */
export type Greeting = 'good-day' | 'welcome'

/** Why a word was not taken. */
export type WordFault = 'foreign-cluster' | 'malformed' | 'not-proved'

/** A word that can be trusted to be of the node it came from. */
export interface Heard {
  readonly kind: 'heard'
  readonly pid: Pid
  readonly said: Word | Greeting
}

/** Reads what has come from `fromNode`. */
export function readEnvelope(
  given: unknown,
  clusterId: string,
  fromNode: string,
): Heard | { readonly kind: 'refused'; readonly fault: WordFault } {
  if (typeof given !== 'object' || given === null) return refused('malformed')
  const envelope = given as Partial<Readonly<Record<keyof Envelope, unknown>>>
  if (envelope.clusterId !== clusterId) {
    return refused(typeof envelope.clusterId === 'string' ? 'foreign-cluster' : 'malformed')
  }
  const { pid } = envelope
  if (!isWholePid(pid)) return refused('malformed')
  if (pid.node !== fromNode) return refused('not-proved')
  const said = readSaid(envelope.said)
  return said === undefined ? refused('malformed') : { kind: 'heard', pid, said }
}

const refused = (fault: WordFault) => ({ kind: 'refused' as const, fault })

const isWholePid = (pid: unknown): pid is Pid =>
  Pid.is(pid) &&
  typeof pid.node === 'string' &&
  Number.isSafeInteger(pid.id) &&
  Number.isSafeInteger(pid.creation)

const readSaid = (said: unknown): Heard['said'] | undefined =>
  said === 'good-day' || said === 'welcome' ? said : readWord(said)
