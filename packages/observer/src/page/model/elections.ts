/**
 * page/model/elections: what is led in the cluster, put together from what each node that takes
 * part has told. Pure.
 */
import type { LeaderSheet } from 'troupe'
import type { AsJson } from '#page/live/json'

/** What one node tells of an election it takes part in. */
export type ToldElection = AsJson<LeaderSheet> & { readonly node: string }

/** One thing that is led, as all see it. */
export interface Election {
  readonly clusterId: string
  readonly decidedBy: LeaderSheet['decidedBy']
  readonly term: number
  /** Who leads in the highest term; undefined: nobody that is known. */
  readonly leader: string | undefined
  readonly leaseLeftMs: number
  readonly voters: readonly string[]
  /** Who said so, by node. */
  readonly members: readonly ToldElection[]
  /** The newest first; a term stands there once. */
  readonly changes: LeaderSheet['changes']
  /** More than one says of itself that it leads: the lower terms have not heard of it yet. */
  readonly leaders: number
}

function changesOf(members: readonly ToldElection[]): LeaderSheet['changes'] {
  const seen = new Map<string, LeaderSheet['changes'][number]>()
  for (const change of members.flatMap(({ changes }) => changes)) {
    const key = `${change.term} ${change.leader ?? ''}`
    const known = seen.get(key)
    // Who heard of it first knows best when it was.
    if (known === undefined || change.timeMs < known.timeMs) seen.set(key, change)
  }
  return [...seen.values()].sort((one, other) => other.term - one.term || other.timeMs - one.timeMs)
}

function electionOf(clusterId: string, members: readonly ToldElection[]): Election {
  const term = Math.max(...members.map((member) => member.term))
  const newest = members.filter((member) => member.term === term)
  const leading = newest.find(({ role }) => role === 'leader')
  const told = leading ?? newest.find(({ leader }) => leader !== undefined)
  return {
    ...{ clusterId, term, members, changes: changesOf(members).slice(0, CHANGES_MAX) },
    decidedBy: members[0]?.decidedBy ?? 'vote',
    leader: leading?.pid ?? told?.leader,
    leaseLeftMs: leading?.leaseLeftMs ?? 0,
    voters: newest[0]?.voters ?? [],
    leaders: members.filter(({ role }) => role === 'leader').length,
  }
}

const CHANGES_MAX = 20

/** Elections by their names. */
export function electionsOf(rows: readonly ToldElection[]): readonly Election[] {
  const found = new Map<string, ToldElection[]>()
  for (const row of rows) {
    const members = found.get(row.clusterId) ?? []
    members.push(row)
    found.set(row.clusterId, members)
  }
  return [...found.keys()]
    .sort()
    .map((clusterId) => electionOf(clusterId, found.get(clusterId) ?? []))
}
