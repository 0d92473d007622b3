/**
 * cluster/leader/election-following: hearing a leader, being bound to it, and losing it.
 *
 * Whoever answers a heartbeat promises to vote for nobody for the shorter election timeout, by its
 * own clock, from when it heard it. That is what the lease of the leader rests on.
 *
 * @source Raft (Ongaro) 3.4, 4.2.3, 6.4.1
 */
import { enterTerm, takeElectorate } from './election-ballot.js'
import {
  type DeposedCause,
  type Election,
  electionDelayMs,
  isVoter,
  refuse,
  send,
  setLeader,
} from './election-state.js'
import { type Ack, type Heartbeat, laterVoters, type Resign } from './election-words.js'

/** Follows nobody in particular until it hears somebody. */
export function becomeFollower(election: Election): void {
  if (election.role === 'follower') return
  election.role = 'follower'
  election.granted.clear()
  election.electionAtMs = election.nowMs + electionDelayMs(election)
}

/** Leads no longer; the lease has ended with this. */
export function depose(election: Election, cause: DeposedCause): void {
  const { lead, term } = election
  if (lead === undefined) return
  election.lead = undefined
  if (lead.isConfirmed) election.out.push({ kind: 'deposed', term, cause })
  const { change } = lead
  if (change !== undefined) {
    election.out.push({ kind: 'unchanged', id: change.id, code: 'LEADERSHIP_LOST' })
  }
  becomeFollower(election)
  setLeader(election, undefined)
}

/** Somebody is in a later term. */
export function overtaken(election: Election, term: number): void {
  depose(election, 'higher-term')
  becomeFollower(election)
  enterTerm(election, term)
}

export function onHeartbeat(election: Election, from: string, word: Heartbeat): void {
  if (word.term < election.term) {
    refuse(election, from, 'past')
    acknowledge(election, from, word)
    return
  }
  if (word.term <= election.overTerm) return
  if (word.term > election.term) overtaken(election, word.term)
  if (election.role === 'leader') {
    refuse(election, from, 'two-leaders')
    return
  }
  becomeFollower(election)
  takeElectorate(election, word.electorate)
  const { nowMs, settings } = election
  election.promiseUntilMs = nowMs + settings.electionTimeoutMinMs
  election.electionAtMs = nowMs + electionDelayMs(election)
  election.isLeaderGone = false
  setLeader(election, from)
  acknowledge(election, from, word)
}

function acknowledge(election: Election, to: string, { round }: Heartbeat): void {
  const { term, keeping } = election
  const { term: votersTerm, change: votersChange } = keeping.savedVoters
  const word: Ack = { kind: 'ack', term, round, votersTerm, votersChange }
  send(election, to, word)
}

/** The leader has laid down its lease before it said so: nobody is bound to it any more. */
export function onResign(election: Election, from: string, word: Resign): void {
  if (word.term < election.term) {
    refuse(election, from, 'past')
    return
  }
  if (word.term > election.term) overtaken(election, word.term)
  if (election.role === 'leader') {
    refuse(election, from, 'two-leaders')
    return
  }
  election.overTerm = Math.max(election.overTerm, word.term)
  election.promiseUntilMs = -Infinity
  election.isLeaderGone = true
  setLeader(election, undefined)
  const { nowMs, settings } = election
  const isNext = word.successor === settings.self
  const turns = isNext ? 0 : 1 + turnAfter(election, from)
  election.electionAtMs = nowMs + turns * turnMs(election)
}

/** Who stands after a lost leader takes turns, so that votes are not split. */
export const turnMs = ({ settings }: Election): number => settings.heartbeatMs / 2

function turnAfter({ electorate, settings }: Election, lost: string): number {
  const row = [...electorate.voters].sort()
  const own = row.indexOf(settings.self)
  const other = row.indexOf(lost)
  if (own < 0) return row.length
  return other < 0 ? own : (own - other - 1 + row.length) % row.length
}

/** A connection has ended; if it was the leader's, it is stood for as soon as that is allowed. */
export function onPeerDown(election: Election, node: string): void {
  election.observers.delete(node)
  if (node !== election.leader || election.role !== 'follower' || !isVoter(election)) return
  election.isLeaderGone = true
  const freeAtMs = Math.max(election.nowMs, election.promiseUntilMs)
  election.electionAtMs = freeAtMs + turnAfter(election, node) * turnMs(election)
}

/** Both know the same voters by the same number, or different ones by different numbers. */
export function isSameVoters(election: Election, word: Heartbeat): boolean {
  const { electorate } = election
  if (laterVoters(electorate, word.electorate) !== 0) return true
  const { voters } = word.electorate
  return (
    voters.length === electorate.voters.length &&
    voters.every((node) => electorate.voters.includes(node))
  )
}
