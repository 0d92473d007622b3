/**
 * cluster/leader/election: one node's part in electing a leader, as a pure step.
 *
 * Every input comes with the time of the node's monotonic clock. First what is due by then
 * happens, then the input: a node that was frozen never takes an answer to a question that is
 * over. A jump of the clock of more than `JUMP_BEATS` heartbeats ends no promise: no time counts
 * as passed.
 *
 * @source Raft (Ongaro); ergo-features 24, weakness 1; design 7
 */
import { enterTerm, saveBallot, saveSettled } from './election-ballot.js'
import { advanceChange, onChange } from './election-change.js'
import {
  becomeFollower,
  isSameVoters,
  onHeartbeat,
  onPeerDown,
  onResign,
} from './election-following.js'
import { greet, leadOn, onAck, stepDown } from './election-leading.js'
import {
  type Election,
  type ElectionEffect,
  type ElectionInput,
  electionDelayMs,
  isAloneByOptions,
  isVoter,
  leaseEndMs,
  OBSERVERS_MAX,
  refuse,
  send,
  sendVoters,
  setLeader,
  type VotersNumber,
} from './election-state.js'
import { isElectable, onAnswer, onAsk, ownVoteKept, startWaiting } from './election-voting.js'
import { askAround, askOne, onHello, onKnown, tellKnown, wakeOn } from './election-waking.js'
import type { Word } from './election-words.js'

/** No term grows so much while somebody is away: such a word is wrong, and is not believed. */
export const TERM_AHEAD_MAX = 1_000_000_000
/** Nor are voters changed so often. */
const CHANGES_AHEAD_MAX = 1_000_000
/** A time between two steps that is longer than so many heartbeats counts as none. */
const JUMP_BEATS = 2

/** One turn. The effects are to be carried out in their order. */
export function step(
  election: Election,
  input: ElectionInput,
  nowMs: number,
): readonly ElectionEffect[] {
  passTime(election, nowMs)
  if (election.isStarted) onTime(election)
  if (input.kind === 'start') start(election, input)
  else if (election.isStarted) onInput(election, input)
  else if (input.kind === 'word') refuse(election, input.from, 'not-started')
  if (election.isStarted) onTime(election)
  saveBallot(election)
  const { out } = election
  election.out = []
  return out
}

/** When `tick` is due, by the clock of the node. */
export function wakeAtMs(election: Election): number {
  if (!election.isStarted) return Infinity
  const { nowMs, settings, lead, waking, electionAtMs } = election
  let atMs = Math.min(nowMs + settings.heartbeatMs, Math.max(electionAtMs, election.promiseUntilMs))
  // Who was taken out before it woke asks nobody any more.
  if (!waking.isAwake && isVoter(election)) atMs = Math.min(atMs, waking.askAtMs)
  if (lead !== undefined) {
    atMs = Math.min(atMs, lead.beatAtMs)
    if (lead.isConfirmed) atMs = Math.min(atMs, leaseEndMs(election, nowMs))
  }
  return Math.max(atMs, nowMs)
}

/** It leads, and no other one does, at this very instant. */
export const isLeading = (election: Election, nowMs: number): boolean =>
  leaseLeftMs(election, nowMs) > 0

/** How long it still leads if it hears nothing more; 0: it does not. */
export function leaseLeftMs(election: Election, nowMs: number): number {
  if (!election.lead?.isConfirmed) return 0
  return Math.max(0, leaseEndMs(election, nowMs) - nowMs)
}

function passTime(election: Election, nowMs: number): void {
  const gapMs = nowMs - election.nowMs
  if (!(gapMs > 0)) return
  election.nowMs = nowMs
  if (!election.isStarted || gapMs <= JUMP_BEATS * election.settings.heartbeatMs) return
  election.promiseUntilMs += gapMs
  election.waking.untilMs += gapMs
  election.waking.leapAtMs += gapMs
  // What was said meanwhile is heard before it stands.
  if (election.role === 'follower') election.electionAtMs += gapMs
}

function start(election: Election, { ballot }: Extract<ElectionInput, { kind: 'start' }>): void {
  if (election.isStarted) return
  election.isStarted = true
  const { settings, nowMs, waking, keeping } = election
  election.electionAtMs = nowMs + electionDelayMs(election)
  if (ballot !== undefined) {
    waking.isAwake = true
    election.term = ballot.term
    election.votedFor = ballot.votedFor
    const { votersTerm: term, votersChange: change } = ballot
    // So it says nothing that another voter would refuse.
    if (term > ballot.term) enterTerm(election, term)
    election.electorate = { term, change, voters: ballot.voters ?? settings.voters }
    keeping.savedVoters = { term, change }
    // An earlier life may have promised something a moment ago.
    election.promiseUntilMs = nowMs + settings.electionTimeoutMinMs
  }
  // One who was left alone by a change may have promised something to the leader that made it.
  if (!isAloneByOptions(election)) return
  election.promiseUntilMs = -Infinity
  wakeOn(election)
  election.electionAtMs = nowMs
}

/** What is due. */
function onTime(election: Election): void {
  wakeOn(election)
  leadOn(election)
  const { nowMs } = election
  if (election.role === 'leader' || nowMs < election.electionAtMs) return
  if (isElectable(election)) {
    if (nowMs < election.promiseUntilMs) return
    setLeader(election, undefined)
    startWaiting(election)
    return
  }
  becomeFollower(election)
  setLeader(election, undefined)
  election.electionAtMs = nowMs + electionDelayMs(election)
  if (!isVoter(election)) join(election)
}

function onInput(election: Election, input: Exclude<ElectionInput, { kind: 'start' }>): void {
  switch (input.kind) {
    case 'tick':
      return
    case 'word':
      onWord(election, input.from, input.word)
      return
    case 'peer-up':
      onPeerUp(election, input.node)
      return
    case 'peer-down':
      onPeerDown(election, input.node)
      return
    case 'saved':
    case 'save-failed':
      if (!saveSettled(election, input.id, input.kind === 'saved')) return
      ownVoteKept(election)
      advanceChange(election)
      return
    case 'join':
      send(election, input.node, { kind: 'join', ...numbers(election) })
      return
    case 'change':
      onChange(election, input)
      return
    case 'step-down':
      stepDown(election)
      return
  }
}

const numbers = ({ term, round }: Election): { readonly term: number; readonly round: number } => ({
  term,
  round,
})

/** A node that does not vote asks to be told who leads. */
function join(election: Election): void {
  sendVoters(election, { kind: 'join', ...numbers(election) })
}

function onPeerUp(election: Election, node: string): void {
  const isOfVoters = election.electorate.voters.includes(node)
  if (!isOfVoters) return
  if (!isVoter(election)) {
    send(election, node, { kind: 'join', ...numbers(election) })
    return
  }
  askOne(election, node)
  greet(election, node)
}

/**
 * Whoever knows a set of voters is in the term of the leader that made it, or in a later one. What
 * is above that no leader could ever outweigh.
 */
function isOfNoLeader(election: Election, word: Word): boolean {
  const { term, change } = votersNumberOf(word)
  return term > word.term || change > election.electorate.change + CHANGES_AHEAD_MAX
}

function votersNumberOf(word: Word): VotersNumber {
  if ('electorate' in word) return word.electorate
  if (word.kind === 'ack') return { term: word.votersTerm, change: word.votersChange }
  return { term: 0, change: 0 }
}

function onWord(election: Election, from: string, word: Word): void {
  const isFuture = word.term > election.term + TERM_AHEAD_MAX
  if (isFuture || isOfNoLeader(election, word)) {
    refuse(election, from, 'future')
    return
  }
  if (word.kind === 'join') {
    onJoin(election, from)
    return
  }
  const isOfVoters = election.electorate.voters.includes(from)
  const isKnown = isOfVoters || election.observers.has(from) || from === election.leader
  if (!isKnown || from === election.settings.self) refuse(election, from, 'stranger')
  if (from === election.settings.self) return
  switch (word.kind) {
    case 'hello':
      onHello(election, from, word)
      return
    case 'ask':
      // Who does not vote any more may not know it yet: the refusal says so. Who does not vote yet,
      // by a change that was never settled, follows as one who joined.
      onAsk(election, from, word, isOfVoters)
      if (!isOfVoters) onJoin(election, from)
      return
    case 'ack':
      if (isKnown) onAck(election, from, word)
      return
  }
  // A leader that takes itself out leads on until a majority knows that.
  if (isOfVoters || (from === election.leader && word.term === election.term)) {
    onVoterWord(election, from, word)
    return
  }
  if (isKnown) refuse(election, from, 'stranger')
  // The others may have a voter that this one has not heard of.
  if (word.kind === 'heartbeat') askAround(election)
}

type VoterWord = Exclude<Word, { kind: 'hello' | 'ask' | 'ack' | 'join' }>

/** What only a voter may say. */
function onVoterWord(election: Election, from: string, word: VoterWord): void {
  switch (word.kind) {
    case 'answer':
      onAnswer(election, from, word)
      return
    case 'heartbeat':
      if (!isSameVoters(election, word)) {
        refuse(election, from, 'voters-differ')
        return
      }
      onHeartbeat(election, from, word)
      return
    case 'known':
      onKnown(election, from, word)
      return
    case 'resign':
      onResign(election, from, word)
      return
  }
}

function onJoin(election: Election, from: string): void {
  const { observers } = election
  if (from === election.settings.self) return
  // It may be a voter and not know it.
  if (election.lead === undefined) tellKnown(election, from)
  if (election.electorate.voters.includes(from)) return
  if (observers.size >= OBSERVERS_MAX && !observers.has(from)) {
    refuse(election, from, 'observers-full')
    return
  }
  observers.add(from)
  greet(election, from)
}
