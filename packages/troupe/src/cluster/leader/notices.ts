/**
 * cluster/leader/notices: what an actor is told next of who leads.
 *
 * Pure: it compares what the actor was told with what holds now, so that an actor that was busy
 * while terms came and went hears only what still holds, in order, and nothing piles up. That it
 * has lost the lead it is told in any case, before anything newer.
 *
 * @source ergo-features 24 (callbacks of the leader actor)
 */
import { Pid } from '#contract'

/** Who leads, as one process sees it. */
export interface Seen {
  readonly term: number
  /** The term this process leads in; undefined: it does not. */
  readonly leadsIn: number | undefined
  readonly leader: Pid | undefined
  readonly peers: readonly Pid[]
}

/** What holds before anything was heard. */
export const SEEN_AT_FIRST: Seen = Object.freeze({
  term: 0,
  leadsIn: undefined,
  leader: undefined,
  peers: Object.freeze([]),
})

/** One thing that an actor is told. */
export type LeaderNotice =
  | { readonly kind: 'become-leader'; readonly term: number }
  | { readonly kind: 'become-follower'; readonly leader: Pid | undefined }
  | { readonly kind: 'peer-joined'; readonly pid: Pid }
  | { readonly kind: 'peer-left'; readonly pid: Pid }
  | { readonly kind: 'term-changed'; readonly before: number; readonly after: number }

/** A notice, and what the actor knows after it. */
export interface Telling {
  readonly notice: LeaderNotice
  readonly told: Seen
}

/** What comes next; undefined: the actor knows all that holds. */
export function nextNotice(told: Seen, now: Seen): Telling | undefined {
  return lost(told, now) ?? term(told, now) ?? peers(told, now) ?? lead(told, now)
}

/** It led, and does so no longer, or in a later term. */
function lost(told: Seen, now: Seen): Telling | undefined {
  if (told.leadsIn === undefined || told.leadsIn === now.leadsIn) return undefined
  // Who leads again has lost the lead in between: that it leads is told after this.
  const leader = now.leadsIn === undefined ? now.leader : undefined
  const notice = { kind: 'become-follower' as const, leader }
  return { notice, told: { ...told, leadsIn: undefined, leader } }
}

/** The first term is no change. */
function term(told: Seen, now: Seen): Telling | undefined {
  if (now.term === told.term) return undefined
  const after = { ...told, term: now.term }
  if (told.term === 0) return nextNotice(after, now)
  const notice = { kind: 'term-changed' as const, before: told.term, after: now.term }
  return { notice, told: after }
}

function peers(told: Seen, now: Seen): Telling | undefined {
  const left = told.peers.find((pid) => !holds(now.peers, pid))
  if (left !== undefined) {
    const rest = told.peers.filter((pid) => pid !== left)
    return { notice: { kind: 'peer-left', pid: left }, told: { ...told, peers: rest } }
  }
  const joined = now.peers.find((pid) => !holds(told.peers, pid))
  if (joined === undefined) return undefined
  const notice = { kind: 'peer-joined' as const, pid: joined }
  return { notice, told: { ...told, peers: [...told.peers, joined] } }
}

function lead(told: Seen, now: Seen): Telling | undefined {
  const { leadsIn, leader } = now
  if (leadsIn !== told.leadsIn && leadsIn !== undefined) {
    const notice = { kind: 'become-leader' as const, term: leadsIn }
    return { notice, told: { ...told, leadsIn, leader } }
  }
  if (leadsIn !== undefined || isSame(told.leader, leader)) return undefined
  return { notice: { kind: 'become-follower', leader }, told: { ...told, leader } }
}

const holds = (pids: readonly Pid[], one: Pid): boolean => pids.some((pid) => Pid.equals(pid, one))

const isSame = (one: Pid | undefined, other: Pid | undefined): boolean =>
  one === undefined || other === undefined ? one === other : Pid.equals(one, other)
