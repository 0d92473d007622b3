/**
 * cluster/leader/election-waking: a voter that has forgotten what it promised finds out.
 *
 * It neither votes nor stands until then; it follows. First it waits until its earlier life's
 * promises have ended and whoever stood when it voted stands no more. Then it asks:
 *
 * ```text
 * who answers                                  what it takes
 * all others, and all are fresh as it is       term 0, at once: this is the first start
 * all others, or a majority without itself     the highest term, without a vote in it
 * a majority with itself, and no leader        after a further wait, a term far above all
 * ```
 *
 * What it promises: as long as no majority forgets at one time, no term has two leaders.
 *
 * @source Viewstamped Replication Revisited 4.3 (recovery without a disk)
 */
import { ballotChanged, enterTerm } from './election-ballot.js'
import { learnVoters } from './election-change.js'
import {
  ABSTAINED,
  type Election,
  electionDelayMs,
  isAloneByOptions,
  isVoter,
  otherVoters,
  quorumOf,
  send,
  sendVoters,
} from './election-state.js'
import type { Hello, Known } from './election-words.js'

/** So far above all terms heard of goes a voter that cannot find out what it has promised. */
export const TERM_LEAP = 1_000_000
/** In longer election timeouts: until a vote of an earlier life can elect nobody any more. */
const WAIT_TIMEOUTS = 2
const LEAP_TIMEOUTS = 10
/** No question has this number. */
const NO_ROUND = 0

/** Begins to find out, as soon as this node is a voter. */
export function startWaking(election: Election): void {
  const { waking, nowMs, settings } = election
  waking.untilMs = nowMs + WAIT_TIMEOUTS * settings.electionTimeoutMaxMs
  waking.leapAtMs = waking.untilMs + LEAP_TIMEOUTS * settings.electionTimeoutMaxMs
  waking.askAtMs = nowMs
}

/** Goes on asking; wakes when enough has been heard. */
export function wakeOn(election: Election): void {
  const { waking, nowMs, settings } = election
  if (waking.isAwake || !isVoter(election)) return
  if (waking.untilMs === Infinity) startWaking(election)
  if (isAloneByOptions(election)) {
    awaken(election, election.term)
    return
  }
  if (nowMs >= waking.untilMs && waking.round === waking.life) {
    // What was answered before may be older than what was promised.
    waking.round += 1
    waking.heard.clear()
    waking.askAtMs = nowMs
  }
  if (nowMs >= waking.askAtMs) {
    waking.askAtMs = nowMs + settings.heartbeatMs
    sendVoters(election, hello(election))
  }
  judge(election)
}

const hello = ({ term, waking }: Election): Hello => ({
  ...{ kind: 'hello', term, round: waking.round, life: waking.life },
})

/** Asks one node: it has come. */
export function askOne(election: Election, node: string): void {
  const { waking } = election
  if (!waking.isAwake && waking.untilMs !== Infinity) send(election, node, hello(election))
}

/** Asks what the others know, because of a word that could not be judged. */
export function askAround(election: Election): void {
  if (election.nowMs < election.askedAtMs + election.settings.heartbeatMs) return
  election.askedAtMs = election.nowMs
  sendVoters(election, hello(election))
}

export function onHello(election: Election, from: string, word: Hello): void {
  tellKnown(election, from, word)
}

/** Tells what it knows; without a question that answers none. */
export function tellKnown(election: Election, to: string, asked?: Hello): void {
  const { waking, term, electorate } = election
  const cold = asked !== undefined && waking.cold.get(to) === asked.life
  send(election, to, {
    ...{ kind: 'known', term, round: asked?.round ?? NO_ROUND, fresh: !waking.isAwake, cold },
    ...{ life: waking.life, electorate },
  })
}

export function onKnown(election: Election, from: string, word: Known): void {
  const { waking } = election
  learnVoters(election, word.electorate)
  if (waking.isAwake || word.round !== waking.round) return
  if (word.cold) {
    awaken(election, election.term)
    return
  }
  waking.heard.set(from, { term: word.term, fresh: word.fresh, life: word.life })
  judge(election)
}

function judge(election: Election): void {
  const { waking, electorate, nowMs } = election
  const others = otherVoters(election)
  const heard = [...waking.heard].filter(([node]) => others.includes(node))
  const known = heard.filter(([, { fresh }]) => !fresh)
  if (others.length > 0 && heard.length === others.length && known.length === 0) {
    for (const [node, { life }] of heard) waking.cold.set(node, life)
    awaken(election, election.term)
    return
  }
  if (nowMs < waking.untilMs) return
  const highest = Math.max(election.term, ...heard.map(([, { term }]) => term))
  const quorum = quorumOf(electorate.voters)
  if (known.length > 0 && known.length >= Math.min(quorum, others.length)) {
    awaken(election, highest, ABSTAINED)
    return
  }
  const isLeaderless = nowMs >= election.promiseUntilMs
  if (heard.length + 1 >= quorum && nowMs >= waking.leapAtMs && isLeaderless) {
    awaken(election, highest + TERM_LEAP, ABSTAINED)
  }
}

/** It votes and stands from now on. */
function awaken(election: Election, term: number, votedFor?: string): void {
  if (term > election.term) enterTerm(election, term)
  election.votedFor = votedFor
  // Only now: what is saved must be the term together with its vote.
  election.waking.isAwake = true
  election.electionAtMs = election.nowMs + electionDelayMs(election)
  ballotChanged(election)
}
