/**
 * leader/campaign-view: the keys of one led cluster as of one revision, read and kept up to date.
 *
 * Every transaction ends with the same ranges, so each answer is a whole view. What is told by the
 * watch is laid over it, as far as it is newer. Knows nothing of time.
 */
import type { Act, KeyValue, TxnAnswer, WatchEvent } from '#etcd/client/etcd-client'
import {
  type Base,
  type LeaderKeys,
  NO_BASE,
  NO_VOTERS,
  readBase,
  readCandidate,
  readStanding,
  readVoters,
  type Standing,
  type StoredVoters,
} from './leader-keys.js'

export interface View {
  readonly revision: number
  readonly leader: Standing | undefined
  readonly base: Base
  readonly voters: StoredVoters
  /** Nodes of those who take part, by their key. */
  readonly candidates: ReadonlyMap<string, string>
}

/** One key that is another now; undefined: it is there no more. */
export type ViewChange =
  | { readonly kind: 'leader'; readonly revision: number; readonly to: Standing | undefined }
  | { readonly kind: 'base'; readonly revision: number; readonly to: Base }
  | { readonly kind: 'voters'; readonly revision: number; readonly to: StoredVoters }
  | {
      readonly kind: 'candidate'
      readonly revision: number
      readonly key: string
      readonly node: string | undefined
    }

/** So many who take part are known. */
const CANDIDATES_MAX = 1_000

/** The key of the leader ends with this lease. */
export const isOwnKey = ({ leader }: View, lease: string): boolean => leader?.lease === lease

/** What each transaction ends with. */
export function viewActs(keys: LeaderKeys): readonly Act[] {
  return [
    { kind: 'range', range: { key: keys.leader } },
    { kind: 'range', range: { key: keys.base } },
    { kind: 'range', range: { key: keys.voters } },
    { kind: 'range', range: { prefix: keys.candidates }, limit: CANDIDATES_MAX, keysOnly: true },
  ]
}

/** Reads the answer of a transaction that ended with `viewActs`. */
export function readView(keys: LeaderKeys, { revision, answers }: TxnAnswer): View {
  const [leader, base, voters, candidates] = answers.slice(-4).map((answer) => answer.keys)
  const nodes = new Map<string, string>()
  for (const entry of candidates ?? []) {
    const key = entry.key.toString()
    const node = readCandidate(keys, key)
    if (node !== undefined) nodes.set(key, node)
  }
  return {
    revision,
    leader: one(leader, readStanding),
    base: one(base, readBase) ?? NO_BASE,
    voters: one(voters, readVoters) ?? NO_VOTERS,
    candidates: nodes,
  }
}

function one<T>(keys: readonly KeyValue[] | undefined, read: (entry: KeyValue) => T) {
  const entry = keys?.[0]
  return entry === undefined ? undefined : read(entry)
}

/** What an event of the watch means; undefined: it is of a key that is nothing to us. */
export function readChange(keys: LeaderKeys, event: WatchEvent): ViewChange | undefined {
  const entry = event.kind === 'put' ? event.entry : undefined
  const revision = event.kind === 'put' ? event.entry.modRevision : event.modRevision
  const key = (event.kind === 'put' ? event.entry.key : event.key).toString()
  if (key === keys.leader) return { kind: 'leader', revision, to: entry && readStanding(entry) }
  if (key === keys.base) return { kind: 'base', revision, to: entry ? readBase(entry) : NO_BASE }
  if (key === keys.voters) {
    return { kind: 'voters', revision, to: entry ? readVoters(entry) : NO_VOTERS }
  }
  if (!key.startsWith(keys.candidates)) return undefined
  return { kind: 'candidate', revision, key, node: entry && readCandidate(keys, key) }
}

/** The view with what is newer than it. */
export function applied(view: View, revision: number, changes: readonly ViewChange[]): View {
  let { leader, base, voters, candidates } = view
  for (const change of changes) {
    if (change.revision <= view.revision) continue
    switch (change.kind) {
      case 'leader':
        leader = change.to
        break
      case 'base':
        base = change.to
        break
      case 'voters':
        voters = change.to
        break
      case 'candidate': {
        const next = new Map(candidates)
        if (change.node === undefined) next.delete(change.key)
        else if (next.size < CANDIDATES_MAX) next.set(change.key, change.node)
        candidates = next
      }
    }
  }
  return { revision: Math.max(view.revision, revision), leader, base, voters, candidates }
}
