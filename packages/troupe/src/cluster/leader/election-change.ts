/**
 * cluster/leader/election-change: one voter more or less, while the cluster runs.
 *
 * The leader first makes the voters as they are its own by giving them a number of its term, and
 * waits until a majority keeps that: only then no other set of voters can come from an earlier
 * leader. Then it changes them; the new ones count at once, and are settled when a majority of
 * them keeps them.
 *
 * @source "Bug in single-server membership changes" (Ongaro, raft-dev 2015); "Logless dynamic
 *   reconfiguration" (Schultz, Dardik, Tripakis)
 */
import { takeElectorate } from './election-ballot.js'
import { depose, overtaken } from './election-following.js'
import {
  type Election,
  type ElectionInput,
  type Lead,
  leaseEndMs,
  quorumOf,
  sendVoters,
  type VotersNumber,
} from './election-state.js'
import { type Electorate, isNodeName, laterVoters, VOTERS_MAX } from './election-words.js'
import type { ChangeRefusal } from './voter-changes.js'

type Change = Extract<ElectionInput, { kind: 'change' }>

export function onChange(election: Election, change: Change): void {
  const { lead, electorate } = election
  const refusal = refusalOf(election, change)
  if (refusal !== undefined || lead === undefined) {
    const code = refusal ?? 'NOT_LEADER'
    election.out.push({ kind: 'unchanged', id: change.id, code })
    return
  }
  const { verb, node, id } = change
  const others = electorate.voters.filter((voter) => voter !== node)
  const voters = verb === 'add' ? [...others, node] : others
  const untilMs = election.nowMs + 2 * election.settings.electionTimeoutMaxMs
  lead.change = { id, voters, untilMs, stage: 'claim' }
  // It must have been heard before it counts.
  if (verb === 'add' && node !== election.settings.self) election.observers.add(node)
  claim(election, lead)
  lead.beatAtMs = election.nowMs
  advanceChange(election)
}

/** Makes the voters as they are those of this leader: they outweigh all of earlier ones. */
function claim(election: Election, lead: Lead): void {
  const { electorate, term } = election
  if (electorate.term === term) return
  takeElectorate(election, { term, change: electorate.change, voters: electorate.voters })
  lead.beatAtMs = election.nowMs
}

/**
 * Somebody keeps a later set of voters. Who leads was elected without it, so it was never settled:
 * a leader goes by its own. Everybody else comes into the term of the leader that made it.
 */
export function learnVoters(election: Election, kept: Electorate | VotersNumber): void {
  if (laterVoters(election.electorate, kept) >= 0) return
  if (election.lead !== undefined) claim(election, election.lead)
  else if ('voters' in kept) {
    if (kept.term > election.term) overtaken(election, kept.term)
    takeElectorate(election, kept)
  }
}

function refusalOf(election: Election, { verb, node }: Change): ChangeRefusal | undefined {
  const { lead, electorate } = election
  if (lead === undefined || !lead.isConfirmed) return 'NOT_LEADER'
  if (lead.change !== undefined) return 'VOTERS_CHANGING'
  const isThere = electorate.voters.includes(node)
  if (!isNodeName(node) || isThere === (verb === 'add')) return 'OPTION_INVALID'
  const { length } = electorate.voters
  return length === (verb === 'add' ? VOTERS_MAX : 1) ? 'OPTION_INVALID' : undefined
}

/** A majority of the voters keeps this set of them. */
function isSettled({ electorate, settings, keeping, lead }: Election): boolean {
  const keepers = electorate.voters.filter((node) => {
    const kept = node === settings.self ? keeping.savedVoters : lead?.keeps.get(node)
    return kept !== undefined && laterVoters(kept, electorate) >= 0
  })
  return keepers.length >= quorumOf(electorate.voters)
}

/** Goes on with a change as far as the voters have followed. */
export function advanceChange(election: Election): void {
  const { lead, electorate, term } = election
  const change = lead?.change
  if (lead === undefined || change === undefined) return
  const isHeard = leaseEndMs(election, election.nowMs, change.voters) > election.nowMs
  if (change.stage === 'claim' && !isHeard) {
    if (election.nowMs < change.untilMs) return
    lead.change = undefined
    election.out.push({ kind: 'unchanged', id: change.id, code: 'VOTERS_UNREACHED' })
    return
  }
  if (!isSettled(election)) return
  if (change.stage === 'claim') {
    change.stage = 'set'
    for (const node of electorate.voters) {
      // Who votes no longer still hears that from the leader, as one who follows.
      if (!change.voters.includes(node) && node !== election.settings.self) {
        election.observers.add(node)
      }
    }
    takeElectorate(election, { term, change: electorate.change + 1, voters: change.voters })
    lead.beatAtMs = election.nowMs
    advanceChange(election)
    return
  }
  lead.change = undefined
  election.out.push({ kind: 'changed', id: change.id })
  if (electorate.voters.includes(election.settings.self)) return
  depose(election, 'removed')
  election.overTerm = term
  sendVoters(election, { kind: 'resign', term, round: election.round, successor: '' })
}
