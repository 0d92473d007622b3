/**
 * cluster/elections: each election once, as all who take part see it. Pure.
 *
 * Limits: `ELECTIONS_MAX` elections, `MEMBERS_MAX` members of one, `CHANGES_MAX` changes.
 */
import type { ClusterElection, ClusterVoter } from '#observer/contract/api'
import { pidOf } from '#observer/text/pid-text'
import { grouped } from './grouped.js'

export const ELECTIONS_MAX = 500
const MEMBERS_MAX = 100
const VOTERS_MAX = 100
const CHANGES_MAX = 20

/** What a node tells of a process of its own that takes part. */
export type SeenElection = ClusterVoter &
  Pick<ClusterElection, 'clusterId' | 'decidedBy' | 'voters' | 'changes'>

/** All of them, by `clusterId`. */
export function electionsOf(seen: readonly SeenElection[]): readonly ClusterElection[] {
  const byCluster = grouped(seen, ({ clusterId }) => clusterId)
  return [...byCluster.keys()].sort().map((id) => electionOf(id, byCluster.get(id) ?? []))
}

function electionOf(clusterId: string, seen: readonly SeenElection[]): ClusterElection {
  const newest = seen.toSorted((one, other) => other.term - one.term)
  const leading = newest.filter(({ role }) => role === 'leader')
  // A leader that does not answer is known by those who follow it.
  const leader = leading[0]?.pid ?? newest.find((one) => one.leader !== undefined)?.leader
  const members = seen.toSorted((one, other) => (one.node < other.node ? -1 : 1))
  return {
    clusterId,
    decidedBy: newest[0]?.decidedBy ?? 'vote',
    term: newest[0]?.term ?? 0,
    leader,
    leaderNode: leader === undefined ? undefined : pidOf(leader)?.node,
    disputed: leading.length > 1,
    voters: [...new Set(seen.flatMap(({ voters }) => voters))].sort().slice(0, VOTERS_MAX),
    members: members.slice(0, MEMBERS_MAX).map(memberOf),
    changes: changesOf(seen),
  }
}

function memberOf(seen: SeenElection): ClusterVoter {
  const { node, pid, name, role, term, leader, leaseLeftMs, heard } = seen
  return { node, pid, name, role, term, leader, leaseLeftMs, heard }
}

/** What several have seen is told once, by its term: of the first who saw it. */
function changesOf(seen: readonly SeenElection[]): ClusterElection['changes'] {
  const all = seen.flatMap(({ changes }) => changes)
  all.sort((one, other) => one.timeMs - other.timeMs)
  const once = new Map(all.toReversed().map((one) => [`${one.term} ${one.leader ?? ''}`, one]))
  return [...once.values()].sort((one, other) => other.timeMs - one.timeMs).slice(0, CHANGES_MAX)
}
