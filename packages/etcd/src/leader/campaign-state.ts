/**
 * leader/campaign-state: what one contender knows of a led cluster, what comes in, what it asks.
 *
 * Pure data and small questions about it; `step` in leader/campaign turns it. Times are steady
 * milliseconds of the contender's node.
 *
 * @source Chubby (Burrows) 2.4; etcd concurrency (election)
 */
import type { Pid } from 'troupe'
import type { ChangeRefusal } from 'troupe/registrar'
import type { Compare, Txn } from '#etcd/client/etcd-client'
import type { View, ViewChange } from './campaign-view.js'
import { isOwnKey } from './campaign-view.js'
import type { LeaderKeys } from './leader-keys.js'

/** What never changes. */
export interface CampaignSettings {
  readonly keys: LeaderKeys
  readonly self: Pid
  /** Who may lead; undefined: whoever takes part. */
  readonly voters: readonly string[] | undefined
  /** As it was asked for; what was granted comes with the lease. */
  readonly leaseTtlMs: number
  /** How wrong the pace of two clocks may be, as a share. */
  readonly clockDriftMax: number
}

/** What is asked of etcd in one transaction. */
export type AskPurpose =
  | 'read'
  | 'register'
  | 'campaign'
  | 'resign'
  | 'raise'
  | 'voters'
  | 'heal'
  | 'lives'
  | 'recall'

/** Why a lead is over. */
export type LeadEnd = 'stepped-down' | 'lapsed' | 'lost' | 'removed' | 'outranked' | 'rewound'

export type CampaignInput =
  | { readonly kind: 'tick' }
  | { readonly kind: 'leased'; readonly lease: string; readonly ttlMs: number }
  /** No lease was to be had. */
  | { readonly kind: 'unleased' }
  | { readonly kind: 'lease-ended'; readonly lease: string }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly held: boolean
      readonly view: View
    }
  /** How long a lease lives; 0: it has ended. */
  | { readonly kind: 'lives'; readonly id: number; readonly leftMs: number }
  | { readonly kind: 'failed'; readonly id: number }
  | { readonly kind: 'batch'; readonly revision: number; readonly changes: readonly ViewChange[] }
  | { readonly kind: 'watch-ended'; readonly end: 'compacted' | 'rewound' | 'refused' }
  | { readonly kind: 'step-down' }
  | {
      readonly kind: 'change'
      readonly id: number
      readonly verb: 'add' | 'remove'
      readonly node: string
    }

export type CampaignEffect =
  /** A lease, kept alive until it is dropped. */
  | { readonly kind: 'hold'; readonly ttlMs: number }
  /** Ends the lease, and keeps it alive no longer. */
  | { readonly kind: 'drop'; readonly lease: string }
  | { readonly kind: 'ask'; readonly id: number; readonly txn: Txn; readonly timeoutMs: number }
  | {
      readonly kind: 'ask-lease'
      readonly id: number
      readonly lease: string
      readonly timeoutMs: number
    }
  /** In place of the watch there was. */
  | { readonly kind: 'watch'; readonly fromRevision: number }
  | { readonly kind: 'elected'; readonly term: number }
  | { readonly kind: 'deposed'; readonly term: number; readonly why: LeadEnd }
  | { readonly kind: 'rewound'; readonly before: number; readonly after: number }
  /** The leader key was written by another hand. */
  | { readonly kind: 'foreign' }
  /** Nobody can lead while this lease lives, and nobody gives it up. */
  | { readonly kind: 'held-up'; readonly lease: string }
  /** Nobody leads, and the voters that are stored are nobody who is known. */
  | { readonly kind: 'stranded'; readonly voters: readonly string[] }
  | { readonly kind: 'changed'; readonly id: number }
  | { readonly kind: 'unchanged'; readonly id: number; readonly code: ChangeRefusal }

/** A lead that was confirmed. */
export interface Lead {
  readonly term: number
  readonly createRevision: number
  readonly lease: string
  readonly base: number
}

/** What is asked and not answered yet. */
export interface Asking {
  readonly id: number
  readonly purpose: AskPurpose
  /** The newest revision that was known then. */
  readonly sinceRevision: number
  /** Nobody waits for longer. */
  readonly untilMs: number
}

/** How far it is known that the last lead is over, when its key went without a word. */
export interface Doubt {
  readonly lease: string
  readonly sinceMs: number
  /** After so long it has ended, or somebody keeps it alive. */
  readonly waitMs: number
  /** That was said. */
  isTold: boolean
}

export interface Change {
  readonly id: number
  readonly nodes: readonly string[]
  /** Nobody waits for longer. */
  readonly untilMs: number
}

/** One contender. */
export interface Campaign {
  readonly settings: CampaignSettings
  nowMs: number
  /** Until the own lease may end, a share for the drift of clocks taken off; 0: none. */
  leftMs: number
  random: () => number
  lease: { readonly id: string; readonly ttlMs: number } | undefined
  isLeasing: boolean
  leaseAtMs: number
  leaseFailures: number
  /** Leases this contender had: it knows that it leads by none of them. */
  readonly ownLeases: Set<string>
  view: View | undefined
  isWatching: boolean
  watchAtMs: number
  asking: Asking | undefined
  lastAsk: number
  /** Nothing is asked before; grows with each failure. */
  askAtMs: number
  failures: number
  /** All is read again then, whatever is told. */
  verifyAtMs: number
  isRegistered: boolean
  lead: Lead | undefined
  /** Own leads that are over, by the create revision of their key. */
  readonly over: Set<number>
  /** The highest term that is known, and by which lease it was led. */
  term: number
  termLease: string | undefined
  /** The lease of the last one that was seen to lead. */
  lastLease: string | undefined
  /** It does not stand before. */
  campaignAtMs: number
  abstainUntilMs: number
  /** Leases of which it is certain that nobody leads by them. */
  readonly cleared: Set<string>
  doubt: Doubt | undefined
  /** Since when the leader key is that of another hand. */
  foreignSinceMs: number | undefined
  /** Since when nobody who is known may lead, and of which list of voters that was said. */
  strandedSinceMs: number | undefined
  strandedIn: number
  change: Change | undefined
  /** The compares of the leads that are known, by term. */
  readonly fences: Map<number, readonly Compare[]>
  out: CampaignEffect[]
}

/** `fences` outlives it, for the next contender of the same cluster. */
export function openCampaign(
  settings: CampaignSettings,
  fences: Campaign['fences'] = new Map(),
): Campaign {
  return {
    ...{ settings, nowMs: 0, leftMs: 0, random: () => 0 },
    ...{ lease: undefined, isLeasing: false, leaseAtMs: 0, leaseFailures: 0 },
    ownLeases: new Set(),
    ...{ view: undefined, isWatching: false, watchAtMs: 0 },
    ...{ asking: undefined, lastAsk: 0, askAtMs: 0, failures: 0, verifyAtMs: 0 },
    ...{ isRegistered: false, lead: undefined, over: new Set(), term: 0, termLease: undefined },
    ...{ lastLease: undefined, campaignAtMs: 0, abstainUntilMs: 0, cleared: new Set() },
    ...{
      doubt: undefined,
      foreignSinceMs: undefined,
      strandedSinceMs: undefined,
      change: undefined,
      fences,
    },
    strandedIn: 0,
    out: [],
  }
}

/** What is remembered of the past: leases, leads, fences. */
const REMEMBERED_MAX = 64

/** Adds to a memory that forgets the oldest. */
export function remember<T>(memory: Set<T>, one: T): void {
  memory.add(one)
  if (memory.size <= REMEMBERED_MAX) return
  for (const oldest of memory) {
    memory.delete(oldest)
    return
  }
}

/** What a transaction compares so that nobody but this lead writes. */
export const fenceOf = (
  leader: string,
  { createRevision, lease }: Pick<Lead, 'createRevision' | 'lease'>,
): readonly Compare[] =>
  Object.freeze([
    { key: leader, target: 'create', is: '=', than: createRevision },
    // After a restore a revision may be given twice; a lease is not.
    { key: leader, target: 'lease', is: '=', than: lease },
  ] satisfies Compare[])

/** The fence of a lead that is now known. */
export function rememberFence(
  campaign: Campaign,
  term: number,
  compares: readonly Compare[],
): void {
  const { fences } = campaign
  fences.set(term, compares)
  if (fences.size <= REMEMBERED_MAX) return
  for (const oldest of fences.keys()) {
    fences.delete(oldest)
    return
  }
}

/** Until a lease may end, by the slowest clock that is allowed for. */
export const leaseLeftMs = (
  { untilMs, ttlMs }: { readonly untilMs: number; readonly ttlMs: number },
  clockDriftMax: number,
  nowMs: number,
): number => Math.max(0, untilMs - ttlMs * clockDriftMax - nowMs)

/** The lease, as long as it was granted; before that as it is asked for. */
export const ttlMsOf = ({ lease, settings }: Campaign): number =>
  lease?.ttlMs ?? settings.leaseTtlMs

/** Etcd was heard within a lease. */
export const isInTouch = ({ lease, leftMs }: Campaign): boolean => lease !== undefined && leftMs > 0

/** The key of the leader stands, and ends with the own lease. */
export const isOwnStanding = ({ view, lease }: Campaign): boolean =>
  view !== undefined && lease !== undefined && isOwnKey(view, lease.id)

/** Who may lead, as far as that is known; undefined: whoever takes part. */
export const votersOf = ({ view, settings }: Campaign): readonly string[] | undefined =>
  view?.voters.nodes ?? settings.voters

/** The nodes that may lead: of a list, or all that take part, this one among them. */
export function voterNodes(campaign: Campaign): readonly string[] {
  const known = votersOf(campaign)
  if (known !== undefined) return known
  const { view, settings } = campaign
  return [...new Set([settings.self.node, ...(view?.candidates.values() ?? [])])].sort()
}

/** This contender may lead, if the others let it. */
export const isVoter = (campaign: Campaign): boolean =>
  votersOf(campaign)?.includes(campaign.settings.self.node) ?? true

/** It leads at this very instant. */
export const isLeading = ({ lead, leftMs }: Campaign): boolean => lead !== undefined && leftMs > 0

/** Who leads, as far as it is known. */
export function leaderOf(campaign: Campaign): Pid | undefined {
  const { view, lead, settings, term, termLease, ownLeases } = campaign
  if (!isInTouch(campaign)) return undefined
  if (lead !== undefined) return settings.self
  const leader = view?.leader
  // Under a lease of its own it stood before, and leads no longer.
  if (leader?.lease === undefined || ownLeases.has(leader.lease)) return undefined
  // Of a term that is over: it will learn of that.
  const isOfTerm = leader.createRevision + leader.base === term && leader.lease === termLease
  return isOfTerm ? leader.pid : undefined
}

/** One line for inspection and transcripts. */
export function describeCampaign(campaign: Campaign): string {
  const { lead, lease, view, asking } = campaign
  if (lead !== undefined) return `leader in term ${lead.term}`
  if (lease === undefined) return 'without a lease'
  if (!isInTouch(campaign)) return 'out of touch'
  if (view === undefined) return 'reading'
  if (asking?.purpose === 'campaign') return 'campaigning'
  const { leader } = view
  if (leader === undefined) return isVoter(campaign) ? 'contender' : 'observer'
  if (leader.lease === undefined) return 'the leader key is of another hand'
  return `follower of ${leader.pid?.node ?? 'somebody'}`
}
