/**
 * leader/campaign-asking: what a contender asks of etcd next, and in which words.
 *
 * One question at a time. Each compares what was known when it was put, so that a question that
 * arrives late does nothing that is not meant any more.
 */
import type { Act, Compare, Txn } from '#etcd/client/etcd-client'
import {
  type AskPurpose,
  type Campaign,
  type Doubt,
  fenceOf,
  isInTouch,
  isOwnStanding,
  isVoter,
  ttlMsOf,
  votersOf,
} from './campaign-state.js'
import { type View, viewActs } from './campaign-view.js'
import {
  type Base,
  baseText,
  candidateKey,
  candidateText,
  type Standing,
  standingText,
  votersText,
} from './leader-keys.js'

/** A question is over after this share of a lease. */
const TIMEOUT_SHARE = 0.5
/** Longer than the client itself waits, in case that it never says so. */
const GRACE_MS = 1_000

/** Asks what is to be asked now, if anything is. */
export function nextAsk(campaign: Campaign): void {
  const purpose = nextPurpose(campaign)
  if (purpose === undefined) return
  const { view, nowMs, doubt } = campaign
  const timeoutMs = ttlMsOf(campaign) * TIMEOUT_SHARE
  campaign.lastAsk += 1
  const id = campaign.lastAsk
  const sinceRevision = view?.revision ?? 0
  campaign.asking = { id, purpose, sinceRevision, untilMs: nowMs + timeoutMs + GRACE_MS }
  if (purpose === 'lives' || purpose === 'revoke') {
    const kind = purpose === 'lives' ? 'ask-lease' : 'revoke'
    campaign.out.push({ kind, id, lease: doubt?.lease ?? '', timeoutMs })
  } else campaign.out.push({ kind: 'ask', id, txn: txnOf(campaign, purpose), timeoutMs })
}

function nextPurpose(campaign: Campaign): AskPurpose | undefined {
  const { view, nowMs, lead, change } = campaign
  if (view === undefined || nowMs >= campaign.verifyAtMs) return 'read'
  if (!isInTouch(campaign)) return undefined
  if (lead !== undefined) return change === undefined ? undefined : 'voters'
  if (isOwnStanding(campaign)) return 'resign'
  if (votersOf(campaign) === undefined && !campaign.isRegistered) return 'register'
  if (view.leader !== undefined) return beside(campaign, view, view.leader)
  if (!isVoter(campaign) || nowMs < Math.max(campaign.abstainUntilMs, campaign.campaignAtMs)) {
    return undefined
  }
  return afterLast(campaign, view)
}

/** Somebody stands there: that is well, or has to be mended. */
function beside(campaign: Campaign, view: View, leader: Standing): AskPurpose | undefined {
  const { nowMs, foreignSinceMs = nowMs, term, termLease } = campaign
  if (!isVoter(campaign)) return undefined
  if (leader.lease === undefined) {
    return nowMs >= foreignSinceMs + waitMs(campaign) ? 'heal' : undefined
  }
  const itsTerm = leader.createRevision + leader.base
  const isHighest = itsTerm === term && leader.lease === termLease
  const isRaised = view.base.value + view.revision >= term
  return isHighest || isRaised || campaign.ownLeases.has(leader.lease) ? undefined : 'raise'
}

/** A lease of another clock has certainly passed after so long by the own one. */
export const waitMs = (campaign: Campaign, leaseMs = 0): number =>
  Math.max(leaseMs, ttlMsOf(campaign)) * (1 + 2 * campaign.settings.clockDriftMax)

/** Nobody stands there: it is certain that the last one leads no longer, or is found out. */
function afterLast(campaign: Campaign, view: View): AskPurpose | undefined {
  const { nowMs } = campaign
  const lease = doubtful(campaign, view.base)
  if (lease === undefined) return 'campaign'
  const doubt = campaign.doubt?.lease === lease ? campaign.doubt : doubtOf(campaign, view, lease)
  campaign.doubt = doubt
  const { revokedAtMs } = doubt
  if (revokedAtMs === undefined) return nowMs >= doubt.sinceMs + doubt.waitMs ? 'revoke' : 'lives'
  if (nowMs < revokedAtMs + doubt.waitMs) return undefined
  campaign.cleared.add(lease)
  return afterLast(campaign, view)
}

const doubtOf = (campaign: Campaign, { base }: View, lease: string): Doubt => ({
  ...{ lease, sinceMs: campaign.nowMs, revokedAtMs: undefined },
  waitMs: waitMs(campaign, Math.min(base.ttlMs, TTL_MS_MAX)),
})

/** No lease of ours is longer, whatever somebody has written. */
const TTL_MS_MAX = 600_000

/** A lease by which somebody may lead, though no key says so. */
function doubtful({ cleared, ownLeases, lastLease }: Campaign, base: Base): string | undefined {
  // Given up in order; it may lead again by the same lease, so that is not remembered.
  const left = base.isLeft ? base.held : undefined
  return [base.held, lastLease].find(
    (one) => one !== undefined && one !== left && !cleared.has(one) && !ownLeases.has(one),
  )
}

function txnOf(campaign: Campaign, purpose: AskPurpose): Txn {
  const ranges = viewActs(campaign.settings.keys)
  const { when, acts } = wordsOf(campaign, purpose)
  return { when, acts: [...acts, ...ranges], otherwise: ranges }
}

interface Words {
  readonly when: readonly Compare[]
  readonly acts: readonly Act[]
}

const NO_WORDS: Words = { when: [], acts: [] }

function wordsOf(campaign: Campaign, purpose: AskPurpose): Words {
  const { view, lease, settings, lead, change } = campaign
  const { keys, self } = settings
  if (view === undefined || lease === undefined) return NO_WORDS
  const { leader, base } = view
  const sameBase: Compare = {
    ...{ key: keys.base, target: 'mod' as const, is: '=' as const },
    than: base.modRevision,
  }
  const putBase = (given: Partial<Base>): Act => ({
    ...{ kind: 'put', key: keys.base },
    value: baseText({ ...base, ...given }),
  })
  switch (purpose) {
    case 'campaign':
      return campaignWords(campaign, view, sameBase, putBase)
    case 'resign': {
      const { createRevision = 0 } = leader ?? {}
      const given = { held: lease.id, ttlMs: lease.ttlMs, isLeft: true }
      return {
        when: [...fenceOf(keys.leader, { createRevision, lease: lease.id }), sameBase],
        acts: [{ kind: 'delete', range: { key: keys.leader } }, putBase(given)],
      }
    }
    case 'raise':
      return { when: [sameBase], acts: [putBase({ value: raisedBase(campaign, view) })] }
    case 'heal':
      return {
        when: [{ key: keys.leader, target: 'mod', is: '=', than: leader?.modRevision ?? 0 }],
        acts: [{ kind: 'delete', range: { key: keys.leader } }],
      }
    case 'voters': {
      if (lead === undefined || change === undefined) return NO_WORDS
      const { modRevision: than } = view.voters
      return {
        when: [...fenceOf(keys.leader, lead), { key: keys.voters, target: 'mod', is: '=', than }],
        acts: [{ kind: 'put', key: keys.voters, value: votersText(change.nodes) }],
      }
    }
    case 'register': {
      const key = candidateKey(keys, self.node)
      return { when: [], acts: [{ kind: 'put', key, value: candidateText(self), lease: lease.id }] }
    }
    case 'read':
    case 'lives':
    case 'revoke':
      return NO_WORDS
  }
}

/** The least base with which the next term is above all that are known. */
const raisedBase = ({ term }: Campaign, { base, revision }: View): number =>
  Math.max(base.value, term - revision)

function campaignWords(
  campaign: Campaign,
  view: View,
  sameBase: Compare,
  putBase: (given: Partial<Base>) => Act,
): Words {
  const { settings, lease, term, out } = campaign
  const { keys, self } = settings
  if (lease === undefined) return NO_WORDS
  const value = raisedBase(campaign, view)
  if (value > view.base.value) out.push({ kind: 'rewound', before: term, after: view.revision })
  const { id, ttlMs } = lease
  const text = standingText({ pid: self, base: value, lease: id, ttlMs })
  return {
    when: [
      { key: keys.leader, target: 'create', is: '=', than: 0 },
      sameBase,
      { key: keys.voters, target: 'mod', is: '=', than: view.voters.modRevision },
    ],
    acts: [
      { kind: 'put', key: keys.leader, value: text, lease: id },
      putBase({ value, held: id, ttlMs, isLeft: false }),
    ],
  }
}
