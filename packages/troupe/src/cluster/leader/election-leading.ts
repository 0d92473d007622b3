/**
 * cluster/leader/election-leading: heartbeats, the lease that rests on their answers, and its end.
 *
 * ```text
 * round r sent        a majority has heard r               lease of r ends
 *   |---------------------|-------------------------------------|
 *   <-------- electionTimeoutMin * (1 - clockDriftMax) --------->   by the clock of the leader
 *             <--------- electionTimeoutMin ------------------------->  by that of a voter
 * ```
 *
 * A vote is no answer to a heartbeat: nobody leads before a majority has heard its first round.
 *
 * @source Raft (Ongaro) 6.2 (check quorum), 6.4.1 (lease)
 */
import { advanceChange, learnVoters } from './election-change.js'
import { depose, overtaken } from './election-following.js'
import {
  type Election,
  type Lead,
  leaseEndMs,
  otherVoters,
  refuse,
  send,
  sendVoters,
  setLeader,
} from './election-state.js'
import type { Ack, Heartbeat } from './election-words.js'

/** A majority has voted for this node. It leads once a majority has heard so. */
export function becomeLeader(election: Election): void {
  const { nowMs, settings } = election
  election.role = 'leader'
  election.granted.clear()
  election.electionAtMs = Infinity
  election.isLeaderGone = false
  election.lead = {
    ...{ wonAtMs: nowMs, isConfirmed: false, beatAtMs: nowMs },
    ...{ sentAtMs: new Map(), heardAtMs: new Map(), keeps: new Map(), change: undefined },
  }
  setLeader(election, settings.self)
  beat(election, election.lead)
  confirm(election, election.lead)
}

/** Tells everybody who votes or follows that it leads. */
function beat(election: Election, lead: Lead): void {
  const { nowMs, settings } = election
  election.round += 1
  lead.sentAtMs.set(election.round, nowMs)
  for (const [round, sentAtMs] of lead.sentAtMs) {
    if (nowMs - sentAtMs <= settings.electionTimeoutMinMs) break
    lead.sentAtMs.delete(round)
  }
  lead.beatAtMs = nowMs + settings.heartbeatMs
  const word = heartbeat(election)
  sendVoters(election, word)
  const others = otherVoters(election)
  for (const node of election.observers) if (!others.includes(node)) send(election, node, word)
}

const heartbeat = ({ term, round, electorate }: Election): Heartbeat => ({
  ...{ kind: 'heartbeat', term, round, electorate },
})

/** Somebody has come: it hears at once who leads. */
export function greet(election: Election, node: string): void {
  if (election.lead !== undefined && election.lead.sentAtMs.size > 0) {
    send(election, node, heartbeat(election))
  }
}

/** Says what is due, and leads no longer when the lease has ended. */
export function leadOn(election: Election): void {
  const { lead, nowMs, settings } = election
  if (lead === undefined) return
  if (lead.isConfirmed) {
    if (nowMs >= leaseEndMs(election, nowMs)) {
      depose(election, 'lease-ended')
      return
    }
  } else if (nowMs >= lead.wonAtMs + settings.electionTimeoutMinMs) {
    depose(election, 'never-confirmed')
    return
  }
  advanceChange(election)
  if (nowMs >= lead.beatAtMs) beat(election, lead)
}

export function onAck(election: Election, from: string, word: Ack): void {
  if (word.term > election.term) {
    // Who only follows deposes nobody.
    if (election.electorate.voters.includes(from)) overtaken(election, word.term)
    else refuse(election, from, 'stranger')
    return
  }
  const { lead } = election
  if (lead === undefined || word.term < election.term) {
    refuse(election, from, 'past')
    return
  }
  const sentAtMs = lead.sentAtMs.get(word.round)
  if (sentAtMs === undefined) {
    refuse(election, from, 'past')
    return
  }
  const heardAtMs = lead.heardAtMs.get(from) ?? -Infinity
  lead.heardAtMs.set(from, Math.max(heardAtMs, sentAtMs))
  const kept = { term: word.votersTerm, change: word.votersChange }
  lead.keeps.set(from, kept)
  learnVoters(election, kept)
  confirm(election, lead)
  advanceChange(election)
}

/** The first lease: from now on it leads. */
function confirm(election: Election, lead: Lead): void {
  if (lead.isConfirmed || election.nowMs >= leaseEndMs(election, election.nowMs)) return
  lead.isConfirmed = true
  election.out.push({ kind: 'elected', term: election.term })
}

/** Lays the lease down, then says so; whoever heard it last is to be the next one. */
export function stepDown(election: Election): void {
  const { lead, nowMs, settings, term } = election
  if (lead === undefined) return
  const successor = nextLeader(election, lead)
  depose(election, 'stepped-down')
  election.overTerm = term
  election.abstainUntilMs = nowMs + settings.electionTimeoutMaxMs
  election.electionAtMs = election.abstainUntilMs
  election.round += 1
  sendVoters(election, { kind: 'resign', term, round: election.round, successor })
}

function nextLeader(election: Election, lead: Lead): string {
  let successor = ''
  let newestMs = -Infinity
  for (const node of otherVoters(election)) {
    const heardAtMs = lead.heardAtMs.get(node) ?? -Infinity
    if (heardAtMs > newestMs) {
      newestMs = heardAtMs
      successor = node
    }
  }
  return successor
}
