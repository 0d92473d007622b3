/**
 * leader/campaign-asking: what a contender asks of etcd next, if anything. One question at a time.
 */
import {
  type AskPurpose,
  type Campaign,
  type Doubt,
  isInTouch,
  isOwnStanding,
  isVoter,
  ttlMsOf,
  votersOf,
} from './campaign-state.js'
import type { View } from './campaign-view.js'
import { txnOf } from './campaign-words.js'
import type { Base, Standing } from './leader-keys.js'

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
  if (purpose === 'lives') {
    campaign.out.push({ kind: 'ask-lease', id, lease: doubt?.lease ?? '', timeoutMs })
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
  const { held, isRecalled } = view.base
  if (isRecalled && held === lease) return 'lives'
  return nowMs >= doubt.sinceMs + doubt.waitMs ? 'recall' : 'lives'
}

const doubtOf = (campaign: Campaign, { base }: View, lease: string): Doubt => ({
  ...{ lease, sinceMs: campaign.nowMs, isTold: false },
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
