/**
 * leader/leader-keys: which keys of an etcd belong to one led cluster, and what stands under them.
 *
 * Values are JSON that a person can read. Whatever else stands there, by whomever, is read as
 * nothing: no value of another hand can throw here.
 *
 * ```text
 * {prefix}/cluster/{cluster}/leaders/{clusterId}/leader             who leads; ends with its lease
 *                                               /base               what terms are counted from
 *                                               /voters             once they were changed
 *                                               /candidates/{node}  who takes part, without voters
 * ```
 */
import { Pid } from 'troupe'
import { isNodeName, VOTERS_MAX } from 'troupe/registrar'
import type { KeyValue } from '#etcd/client/etcd-client'
import { escapeName, unescapeName } from '#etcd/registrar/keys'

/** The keys of one led cluster. */
export interface LeaderKeys {
  /** What all of them begin with. */
  readonly folder: string
  readonly leader: string
  readonly base: string
  readonly voters: string
  readonly candidates: string
}

/** What stands under the leader key. */
export interface Standing {
  /** With the base it is the term. */
  readonly createRevision: number
  readonly modRevision: number
  /** Undefined: it was written by another hand, and would stand for ever. */
  readonly lease: string | undefined
  /** Undefined: it cannot be read. */
  readonly pid: Pid | undefined
  readonly base: number
}

/** What terms are counted from, and who led last. */
export interface Base {
  readonly modRevision: number
  /** Added to the create revision of a leader key. */
  readonly value: number
  /** The lease of the last lead, and its length; undefined: not known. */
  readonly held: string | undefined
  readonly ttlMs: number
  /** Whether that lead was given up, so that its lease says nothing any more. */
  readonly isLeft: boolean
  /** Whether whoever has that lease is asked to give it up, as nothing else says that it leads. */
  readonly isRecalled: boolean
}

/** The voters, as far as they were changed. */
export interface StoredVoters {
  readonly modRevision: number
  readonly nodes: readonly string[] | undefined
}

/** As the version of what is written here. */
const VERSION = 1
const VALUE_BYTES_MAX = 65_536

export const NO_BASE: Base = Object.freeze({
  ...{ modRevision: 0, value: 0, held: undefined, ttlMs: 0, isLeft: false, isRecalled: false },
})
export const NO_VOTERS: StoredVoters = Object.freeze({ modRevision: 0, nodes: undefined })

export function leaderKeys(prefix: string, cluster: string, clusterId: string): LeaderKeys {
  const folder = `${prefix}/cluster/${escapeName(cluster)}/leaders/${escapeName(clusterId)}/`
  return Object.freeze({
    folder,
    leader: `${folder}leader`,
    base: `${folder}base`,
    voters: `${folder}voters`,
    candidates: `${folder}candidates/`,
  })
}

/** The key under which a node says that it takes part. */
export const candidateKey = ({ candidates }: LeaderKeys, node: string): string =>
  `${candidates}${escapeName(node)}`

export interface StandingGiven {
  readonly pid: Pid
  readonly base: number
  readonly lease: string
  readonly ttlMs: number
}

export const standingText = ({ pid, base, lease, ttlMs }: StandingGiven): string => {
  const { node, id, creation } = pid
  return JSON.stringify({ version: VERSION, node, id, creation, base, lease, ttlMs })
}

export function baseText({ value, held, ttlMs, ...is }: Omit<Base, 'modRevision'>): string {
  const said = { left: is.isLeft, recalled: is.isRecalled }
  return JSON.stringify({ version: VERSION, base: value, lease: held, ttlMs, ...said })
}

export const votersText = (nodes: readonly string[]): string =>
  JSON.stringify({ version: VERSION, voters: nodes })

export const candidateText = ({ node, id, creation }: Pid): string =>
  JSON.stringify({ version: VERSION, node, id, creation })

export function readStanding({ value, createRevision, modRevision, lease }: KeyValue): Standing {
  const fields = fieldsOf(value)
  const base = isCount(fields['base']) ? fields['base'] : 0
  return { createRevision, modRevision, lease, pid: pidOf(fields), base }
}

export function readBase({ value, modRevision }: KeyValue): Base {
  const fields = fieldsOf(value)
  const { base, lease, ttlMs, left, recalled } = { ...FIELDS, ...fields }
  return {
    modRevision,
    value: isCount(base) ? base : 0,
    held: typeof lease === 'string' && isLease(lease) ? lease : undefined,
    ttlMs: isCount(ttlMs) ? ttlMs : 0,
    isLeft: left === true,
    isRecalled: recalled === true,
  }
}

export function readVoters({ value, modRevision }: KeyValue): StoredVoters {
  const fields = fieldsOf(value)
  // What is decided by a list of another hand is that nobody leads: ours says that it is ours.
  if (fields['version'] !== VERSION) return { modRevision, nodes: undefined }
  const voters = fields['voters']
  const areSome = Array.isArray(voters) && voters.length > 0 && voters.length <= VOTERS_MAX
  if (!areSome || !voters.every(isNode)) return { modRevision, nodes: undefined }
  return { modRevision, nodes: Object.freeze([...new Set<string>(voters)]) }
}

/** The node of whoever takes part, by its key; undefined: it cannot be read. */
export function readCandidate(keys: LeaderKeys, key: string): string | undefined {
  const node = unescapeName(key.slice(keys.candidates.length))
  return isNode(node) ? node : undefined
}

type Fields = Readonly<Record<string, unknown>>

/** What is read, by name; nothing of it has to be there. */
const FIELDS = Object.freeze({
  ...{ version: undefined, recalled: undefined },
  ...{ base: undefined, lease: undefined, ttlMs: undefined, left: undefined },
  ...{ node: undefined, id: undefined, creation: undefined },
} as const satisfies Fields)

/** An object of JSON, whatever the bytes are. */
function fieldsOf(value: Buffer): Fields {
  if (value.length > VALUE_BYTES_MAX) return {}
  try {
    const read: unknown = JSON.parse(value.toString())
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {}
  }
}

function pidOf(fields: Fields): Pid | undefined {
  const { node, id, creation } = { ...FIELDS, ...fields }
  if (!isNode(node) || !isCount(id) || !isCount(creation)) return undefined
  return Pid.of(node, id, creation)
}

export const isNode = (value: unknown): value is string =>
  typeof value === 'string' && isNodeName(value)

/** Half of what is exact, so that a sum of two of them still is. */
const COUNT_MAX = Number.MAX_SAFE_INTEGER / 2

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < COUNT_MAX

/** Ids of leases are numbers as text; another one would be refused as malformed. */
const isLease = (text: string): boolean => /^[0-9]{1,19}$/.test(text)
