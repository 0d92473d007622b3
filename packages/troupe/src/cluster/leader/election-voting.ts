/**
 * cluster/leader/election-voting: standing for leader, and giving a vote.
 *
 * Who stands first asks whether it would be elected, which changes nothing at anybody's, and
 * stands only if a majority says so. A voter that has promised its leader not to vote refuses
 * both, whatever the term; it gives one vote a term.
 *
 * @source Raft (Ongaro) 3.4, 4.2.3 (stickiness), 9.6 (pre-vote)
 */
import { ballotChanged, enterTerm, onceKept } from './election-ballot.js'
import { learnVoters } from './election-change.js'
import { becomeFollower, overtaken, turnMs } from './election-following.js'
import { becomeLeader } from './election-leading.js'
import {
  type Election,
  electionDelayMs,
  isVoter,
  otherVoters,
  quorumOf,
  refuse,
} from './election-state.js'
import { type Answer, type Ask, laterVoters } from './election-words.js'

/** It is bound to a leader, or is one. */
const boundMs = (election: Election): number =>
  Math.max(0, election.promiseUntilMs - election.nowMs)

export const isElectable = (election: Election): boolean =>
  isVoter(election) &&
  election.waking.isAwake &&
  !election.keeping.isFailing &&
  election.nowMs >= election.abstainUntilMs

/** Asks whether it would be voted for. */
export function startWaiting(election: Election): void {
  election.role = 'waiter'
  election.round += 1
  election.electionAtMs = election.nowMs + electionDelayMs(election)
  election.granted.clear()
  election.granted.add(election.settings.self)
  askVoters(election, true)
  countVotes(election)
}

function askVoters(election: Election, pre: boolean): void {
  const { round, electorate } = election
  const term = pre ? election.term + 1 : election.term
  const word: Ask = { kind: 'ask', pre, term, round, electorate }
  for (const to of otherVoters(election)) {
    const effect = { kind: 'send', to, word } as const
    if (pre) election.out.push(effect)
    else onceKept(election, effect)
  }
}

/** Asks for votes in a new term. */
function startStanding(election: Election): void {
  const isGone = election.isLeaderGone
  enterTerm(election, election.term + 1)
  election.role = 'candidate'
  election.isLeaderGone = isGone
  election.round += 1
  election.electionAtMs = election.nowMs + electionDelayMs(election)
  election.granted.clear()
  election.votedFor = election.settings.self
  election.ownVote = election.keeping.wanted + 1
  ballotChanged(election)
  askVoters(election, false)
  ownVoteKept(election)
}

/** Its own vote counts as soon as it is kept. */
export function ownVoteKept(election: Election): void {
  if (election.role !== 'candidate' || election.keeping.saved < election.ownVote) return
  election.granted.add(election.settings.self)
  countVotes(election)
}

function countVotes(election: Election): void {
  const { electorate, granted, role } = election
  const votes = electorate.voters.filter((node) => granted.has(node)).length
  if (votes < quorumOf(electorate.voters)) return
  if (role === 'waiter') startStanding(election)
  else if (role === 'candidate') becomeLeader(election)
}

export function onAsk(election: Election, from: string, ask: Ask, isOfVoters: boolean): void {
  // It may be a voter now and not know it, and without it nobody might be elected.
  if (isOfVoters) learnVoters(election, ask.electorate)
  const isGranted = isOfVoters && (ask.pre ? wouldVote(election, ask) : votes(election, from, ask))
  const { term, electorate } = election
  const word: Answer = {
    ...{ kind: 'answer', pre: ask.pre, term, round: ask.round },
    ...{ granted: isGranted, boundMs: boundMs(election), electorate },
  }
  if (isOfVoters) giveWay(election, from, word)
  const effect = { kind: 'send', to: from, word } as const
  if (isGranted && !ask.pre) onceKept(election, effect)
  else election.out.push(effect)
}

/** Somebody is about to stand: it has its turn. Of two who ask at once the first by name has it. */
function giveWay(election: Election, from: string, { pre, granted, boundMs }: Answer): void {
  const { role, nowMs, settings } = election
  if (role === 'waiter' && pre && granted && from < settings.self) becomeFollower(election)
  else if (role !== 'follower' || !election.isLeaderGone) return
  election.electionAtMs = Math.max(election.electionAtMs, nowMs + boundMs + turnMs(election))
}

/** It is free to vote at all, and the asker knows the newest voters it knows. */
function isFree(election: Election, ask: Ask): boolean {
  if (!isVoter(election) || !election.waking.isAwake || election.keeping.isFailing) return false
  if (laterVoters(ask.electorate, election.electorate) < 0) return false
  return election.role !== 'leader' && boundMs(election) === 0
}

const wouldVote = (election: Election, ask: Ask): boolean =>
  ask.term > election.term && isFree(election, ask)

function votes(election: Election, from: string, ask: Ask): boolean {
  if (ask.term < election.term) {
    refuse(election, from, 'past')
    return false
  }
  if (!isFree(election, ask)) return false
  if (ask.term > election.term) {
    becomeFollower(election)
    enterTerm(election, ask.term)
  }
  if (election.votedFor === from) return true
  if (election.votedFor !== undefined) return false
  becomeFollower(election)
  election.votedFor = from
  election.electionAtMs = election.nowMs + electionDelayMs(election)
  ballotChanged(election)
  return true
}

export function onAnswer(election: Election, from: string, answer: Answer): void {
  learnVoters(election, answer.electorate)
  if (answer.term > election.term) {
    overtaken(election, answer.term)
    return
  }
  const isAwaited = answer.pre ? election.role === 'waiter' : election.role === 'candidate'
  if (!isAwaited || answer.round !== election.round) return
  if (answer.granted) {
    election.granted.add(from)
    countVotes(election)
  } else if (answer.boundMs > 0 && election.isLeaderGone) {
    // The leader is lost: the others are free as soon as their promise has ended.
    const againAtMs = election.nowMs + answer.boundMs + 1
    election.electionAtMs = Math.min(election.electionAtMs, againAtMs)
  }
}
