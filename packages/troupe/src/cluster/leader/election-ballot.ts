/**
 * cluster/leader/election-ballot: what a voter must not forget, and the words that wait for it.
 *
 * One save is on its way at a time; what changes meanwhile is saved after it. Without a storage
 * everything counts as kept at once. While a voter has forgotten its earlier life nothing is
 * saved, so that a second restart finds it as empty as the first.
 *
 * @source Raft (Ongaro) 3.8
 */
import type { Ballot } from '#contract'
import {
  type Election,
  type ElectionEffect,
  setLeader,
  type VotersNumber,
} from './election-state.js'
import { type Electorate, laterVoters } from './election-words.js'

export function ballotOf({ term, votedFor, electorate }: Election): Ballot {
  const { voters, term: votersTerm, change: votersChange } = electorate
  const isChanged = votersTerm > 0 || votersChange > 0
  return { term, votedFor, voters: isChanged ? voters : undefined, votersTerm, votersChange }
}

/** The ballot is another one now; it is saved at the end of the step. */
export function ballotChanged(election: Election): void {
  const { keeping, settings } = election
  keeping.wanted += 1
  if (settings.isDurable) return
  keeping.savingVoters = numberOf(election.electorate)
  kept(election, keeping.wanted)
}

const numberOf = ({ term, change }: Electorate): VotersNumber => ({ term, change })

/** Saves what has changed, unless something is on its way. */
export function saveBallot(election: Election): void {
  const { keeping, waking, settings } = election
  if (!settings.isDurable) return
  if (!waking.isAwake || keeping.saving !== 0 || keeping.saved === keeping.wanted) return
  if (keeping.isFailing && election.nowMs < keeping.retryAtMs) return
  keeping.saving = keeping.wanted
  keeping.savingVoters = numberOf(election.electorate)
  election.out.push({ kind: 'save', id: keeping.wanted, ballot: ballotOf(election) })
}

/** Says something once the ballot as it is now is kept. */
export function onceKept(election: Election, effect: ElectionEffect): void {
  const { keeping } = election
  if (keeping.saved === keeping.wanted) election.out.push(effect)
  else keeping.held.push({ version: keeping.wanted, effect })
}

function kept(election: Election, version: number): void {
  const { keeping } = election
  keeping.saved = version
  keeping.savedVoters = keeping.savingVoters
  const free = keeping.held.filter((held) => held.version <= version)
  keeping.held = keeping.held.filter((held) => held.version > version)
  for (const { effect } of free) election.out.push(effect)
}

/** A save has settled; whether that was the one that is on its way. */
export function saveSettled(election: Election, id: number, isKept: boolean): boolean {
  const { keeping, settings } = election
  if (id === 0 || id !== keeping.saving) return false
  keeping.saving = 0
  keeping.isFailing = !isKept
  if (isKept) kept(election, id)
  else {
    // It abstains: whoever asked for a vote gets none.
    keeping.held = []
    keeping.retryAtMs = election.nowMs + settings.electionTimeoutMinMs
  }
  return isKept
}

/** Comes into a later term, in which it has voted for nobody. */
export function enterTerm(election: Election, term: number): void {
  const before = election.term
  election.term = term
  election.votedFor = undefined
  setLeader(election, undefined)
  election.isLeaderGone = false
  election.out.push({ kind: 'term', before, after: term })
  ballotChanged(election)
}

/** Takes a later set of voters. */
export function takeElectorate(election: Election, electorate: Electorate): void {
  if (laterVoters(election.electorate, electorate) >= 0) return
  const before = election.electorate.voters
  election.electorate = electorate
  ballotChanged(election)
  const isSame =
    before.length === electorate.voters.length &&
    before.every((node) => electorate.voters.includes(node))
  if (!isSame) election.out.push({ kind: 'voters', voters: electorate.voters })
}
