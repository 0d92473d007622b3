/**
 * leader/campaign: one contender's part in deciding who leads by one key of an etcd, as a step.
 *
 * Who puts the leader key under its lease where none stood leads, for as long as that lease
 * certainly lives. A lead that was seen to lapse is over, even if the key still stands: it is
 * taken away and a new one begins, so that no term is led twice.
 *
 * ```text
 * sent            answered                 leads no longer     etcd may end the lease
 *   |----------------|-----------------------------|------------------|
 *   <-------------- ttl * (1 - clockDriftMax) ----->                      by the own clock
 *   <------------------------------ ttl ------------------------------>   by that of etcd
 * ```
 *
 * A key that has gone says nothing of a lease that lives: somebody may have deleted it by hand,
 * and whoever stood there not know yet. So the lease of the last one is asked for first. Nobody
 * ends a lease but who has it, and leads no longer then: one that has gone says that lead is over.
 *
 * @source Chubby (Burrows) 2.4; etcd concurrency (election); ergo-features 24
 */
import { type ChangeRefusal, VOTERS_MAX } from 'troupe/registrar'
import { nextAsk, waitMs } from './campaign-asking.js'
import {
  type Campaign,
  type CampaignEffect,
  type CampaignInput,
  type Doubt,
  fenceOf,
  isInTouch,
  isLeading,
  isOwnStanding,
  isVoter,
  type LeadEnd,
  remember,
  rememberFence,
  ttlMsOf,
  voterNodes,
} from './campaign-state.js'
import { applied, type View } from './campaign-view.js'
import { isNode, NO_VOTERS } from './leader-keys.js'

/** What the world is like at a step. */
export interface CampaignNow {
  readonly nowMs: number
  /** Of the own lease, the share for the drift of clocks taken off; 0: there is none. */
  readonly leftMs: number
  readonly random: () => number
}

/** Those who see that the key has gone stand within this time, by chance. */
const JITTER_MS = 25
const BACKOFF_MIN_MS = 50
const BACKOFF_MAX_MS = 1_000
/** A watch that is refused is tried again. */
const WATCH_AGAIN_MS = 1_000
/** Out of touch it looks this often whether its lease is confirmed again. */
const LOOK_MS = 100
/** In leases: so often all is read, whatever the watch tells. */
const VERIFY_LEASES = 2
const VERIFY_UNWATCHED_MS = 500
/** A lease in doubt that lives for longer is nobody's who would give it up. */
const HELD_UP_LEASES = 5
const HELD_UP_LOOK_MS = 1_000

/** One turn. The effects are to be carried out in their order. */
export function step(
  campaign: Campaign,
  input: CampaignInput,
  now: CampaignNow,
): readonly CampaignEffect[] {
  const { nowMs, leftMs, random } = now
  Object.assign(campaign, { nowMs, leftMs, random })
  if (campaign.lead !== undefined && leftMs <= 0) endLead(campaign, 'lapsed')
  onInput(campaign, input)
  settle(campaign)
  const { out } = campaign
  campaign.out = []
  return out
}

/** When `tick` is due, by the clock of the node. */
export function wakeAtMs(campaign: Campaign): number {
  const { nowMs, leftMs, lease, asking, change, doubt, foreignSinceMs } = campaign
  const ttlMs = waitMs(campaign)
  const times = [
    lease === undefined ? campaign.leaseAtMs : nowMs + (leftMs > 0 ? leftMs : LOOK_MS),
    ...(asking === undefined ? [campaign.askAtMs, campaign.verifyAtMs] : [asking.untilMs]),
    campaign.isWatching ? 0 : campaign.watchAtMs,
    campaign.campaignAtMs,
    campaign.abstainUntilMs,
    change?.untilMs ?? 0,
    (foreignSinceMs ?? -ttlMs) + ttlMs,
    doubt === undefined ? 0 : doubt.sinceMs + doubt.waitMs,
    (campaign.strandedSinceMs ?? -ttlMs) + ttlMs,
  ]
  return Math.min(...times.filter((atMs) => atMs > nowMs))
}

function onInput(campaign: Campaign, input: CampaignInput): void {
  switch (input.kind) {
    case 'tick':
      return
    case 'leased':
    case 'unleased':
    case 'lease-ended':
      onLease(campaign, input)
      return
    case 'answer':
    case 'lives':
    case 'failed':
      onAnswer(campaign, input)
      return
    case 'batch':
      if (campaign.view === undefined) return
      takeView(campaign, applied(campaign.view, input.revision, input.changes))
      return
    case 'watch-ended':
      campaign.isWatching = false
      if (input.end === 'refused') campaign.watchAtMs = campaign.nowMs + WATCH_AGAIN_MS
      else campaign.view = undefined
      if (input.end === 'rewound') rewound(campaign)
      return
    case 'step-down':
      if (campaign.lead === undefined) return
      campaign.abstainUntilMs = campaign.nowMs + ttlMsOf(campaign)
      endLead(campaign, 'stepped-down')
      return
    case 'change':
      onChange(campaign, input)
  }
}

type Of<K extends CampaignInput['kind']> = Extract<CampaignInput, { readonly kind: K }>

function onLease(campaign: Campaign, input: Of<'leased' | 'unleased' | 'lease-ended'>): void {
  const { nowMs } = campaign
  if (input.kind === 'lease-ended') {
    if (campaign.lease?.id !== input.lease) return
    campaign.lease = undefined
    campaign.leaseAtMs = nowMs
    return
  }
  campaign.isLeasing = false
  if (input.kind === 'unleased') {
    campaign.leaseFailures += 1
    campaign.leaseAtMs = nowMs + backoffMs(campaign, campaign.leaseFailures)
    return
  }
  campaign.leaseFailures = 0
  campaign.lease = { id: input.lease, ttlMs: input.ttlMs }
  campaign.isRegistered = false
  remember(campaign.ownLeases, input.lease)
}

const backoffMs = ({ random }: Campaign, failures: number): number =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (failures - 1)) * (0.5 + random() / 2)

function onAnswer(campaign: Campaign, input: Of<'answer' | 'lives' | 'failed'>): void {
  const { asking, nowMs, doubt } = campaign
  if (asking?.id !== input.id) return
  campaign.asking = undefined
  if (input.kind === 'failed') {
    onFailed(campaign, asking.purpose)
    return
  }
  campaign.failures = 0
  if (input.kind === 'answer') {
    const leaseMs = VERIFY_LEASES * ttlMsOf(campaign) * (0.75 + campaign.random() / 2)
    campaign.verifyAtMs = nowMs + (campaign.isWatching ? leaseMs : VERIFY_UNWATCHED_MS)
    if (input.view.revision < asking.sinceRevision) {
      campaign.view = undefined
      campaign.isWatching = false
      rewound(campaign, asking.sinceRevision, input.view.revision)
    }
    takeView(campaign, input.view)
    if (asking.purpose === 'register') campaign.isRegistered = input.held
    if (asking.purpose === 'voters' && !input.held) unchanged(campaign, 'VOTERS_CHANGING')
  } else if (doubt !== undefined) {
    if (input.leftMs <= 0) remember(campaign.cleared, doubt.lease)
    else stillLives(campaign, doubt)
  }
}

/** Whoever has it, and is in touch, sees within a few leases that its key has gone. */
function stillLives(campaign: Campaign, doubt: Doubt): void {
  const isLong = campaign.nowMs >= doubt.sinceMs + HELD_UP_LEASES * doubt.waitMs
  campaign.campaignAtMs = campaign.nowMs + (isLong ? HELD_UP_LOOK_MS : LOOK_MS)
  if (!isLong || doubt.isTold) return
  doubt.isTold = true
  campaign.out.push({ kind: 'held-up', lease: doubt.lease })
}

/** Nobody knows what became of it: all is read anew. */
function onFailed(campaign: Campaign, purpose: string): void {
  campaign.failures += 1
  campaign.askAtMs = campaign.nowMs + backoffMs(campaign, campaign.failures)
  campaign.verifyAtMs = campaign.nowMs
  // The key that stands without a lead ends with its lease, then.
  if (purpose === 'resign') dropLease(campaign)
}

/** The store has gone back: what others led by may still hold for as long as a lease. */
function rewound(campaign: Campaign, before?: number, after?: number): void {
  endLead(campaign, 'rewound')
  campaign.campaignAtMs = campaign.nowMs + waitMs(campaign)
  if (before !== undefined && after !== undefined) {
    campaign.out.push({ kind: 'rewound', before, after })
  }
}

function takeView(campaign: Campaign, view: View): void {
  const before = campaign.view
  if (before !== undefined && view.revision < before.revision) return
  campaign.view = view
  const { nowMs, ownLeases } = campaign
  const { leader, base } = view
  const said = before?.base
  // What a base has said holds when another hand takes it away, unless that is to help.
  const isSaid = said !== undefined && !said.isLeft && !said.isRecalled
  if (isSaid && base.held === undefined) campaign.lastLease = said.held ?? campaign.lastLease
  if (leader?.lease !== undefined || leader === undefined) campaign.foreignSinceMs = undefined
  if (leader === undefined) {
    const lease = before?.leader?.lease
    if (lease === undefined || ownLeases.has(lease)) return
    const jitterMs = campaign.random() * JITTER_MS
    campaign.campaignAtMs = Math.max(campaign.campaignAtMs, nowMs + jitterMs)
    return
  }
  campaign.doubt = undefined
  if (leader.lease === undefined) {
    if (campaign.foreignSinceMs === undefined) campaign.out.push({ kind: 'foreign' })
    campaign.foreignSinceMs ??= nowMs
    return
  }
  campaign.lastLease = leader.lease
  if (ownLeases.has(leader.lease)) return
  campaign.abstainUntilMs = 0
  learnTerm(campaign, leader.createRevision, leader.base, leader.lease)
}

function learnTerm(campaign: Campaign, createRevision: number, base: number, lease: string): void {
  const term = createRevision + base
  if (term <= campaign.term) return
  campaign.term = term
  campaign.termLease = lease
  const { leader } = campaign.settings.keys
  rememberFence(campaign, term, fenceOf(leader, { createRevision, lease }))
}

/** Does what holds now asks for, as far as nothing else is under way. */
function settle(campaign: Campaign): void {
  const { nowMs, asking, settings } = campaign
  if (asking !== undefined && nowMs >= asking.untilMs) {
    campaign.asking = undefined
    onFailed(campaign, asking.purpose)
  }
  judgeLead(campaign)
  elect(campaign)
  giveUp(campaign)
  judgeVoters(campaign)
  settleChange(campaign)
  if (campaign.lease === undefined && !campaign.isLeasing && nowMs >= campaign.leaseAtMs) {
    campaign.isLeasing = true
    campaign.out.push({ kind: 'hold', ttlMs: settings.leaseTtlMs })
  }
  const { view } = campaign
  if (view !== undefined && !campaign.isWatching && nowMs >= campaign.watchAtMs) {
    campaign.isWatching = true
    campaign.out.push({ kind: 'watch', fromRevision: view.revision + 1 })
  }
  if (campaign.asking === undefined && nowMs >= campaign.askAtMs) nextAsk(campaign)
}

/** It leads no longer when its key is not as it was put there. */
function judgeLead(campaign: Campaign): void {
  const { lead, view } = campaign
  if (lead === undefined || view === undefined) return
  const { leader, base } = view
  if (leader?.createRevision !== lead.createRevision || leader.lease !== lead.lease) {
    endLead(campaign, 'lost')
    // The others learn by the end of the lease that nobody leads by it.
    if (leader !== undefined) dropLease(campaign)
  } else if (base.value > lead.base) endLead(campaign, 'outranked')
  else if (!isVoter(campaign)) endLead(campaign, 'removed')
}

/** The key stands under the own lease, whoever said so: it leads. */
function elect(campaign: Campaign): void {
  const { lead, view, lease, leftMs, nowMs, over } = campaign
  const leader = view?.leader
  if (lead !== undefined || leader === undefined || lease === undefined) return
  if (!isOwnStanding(campaign) || leftMs <= 0 || over.has(leader.createRevision)) return
  const { createRevision, base } = leader
  const term = createRevision + base
  // A term that is none higher is given back, and counted from a higher base.
  if (!isVoter(campaign) || nowMs < campaign.abstainUntilMs || term <= campaign.term) {
    remember(over, createRevision)
    return
  }
  learnTerm(campaign, createRevision, base, lease.id)
  campaign.lead = { term, createRevision, lease: lease.id, base }
  campaign.out.push({ kind: 'elected', term })
}

function endLead(campaign: Campaign, why: LeadEnd): void {
  const { lead } = campaign
  if (lead === undefined) return
  remember(campaign.over, lead.createRevision)
  campaign.lead = undefined
  campaign.out.push({ kind: 'deposed', term: lead.term, why })
  if (why !== 'removed') unchanged(campaign, 'LEADERSHIP_LOST')
}

/** Another lease is had, and this one ended. */
function dropLease(campaign: Campaign): void {
  const { lease } = campaign
  if (lease === undefined) return
  campaign.lease = undefined
  campaign.leftMs = 0
  campaign.leaseAtMs = campaign.nowMs
  campaign.out.push({ kind: 'drop', lease: lease.id })
}

/** Others wait for the end of the own lease, and no key says that it leads: it has another one. */
function giveUp(campaign: Campaign): void {
  const { view, lease, lead } = campaign
  if (view === undefined || view.leader !== undefined || lead !== undefined) return
  if (view.base.isRecalled && view.base.held === lease?.id) dropLease(campaign)
}

/** Nobody leads for a lease, and nobody who is known may: another hand wrote the voters, then. */
function judgeVoters(campaign: Campaign): void {
  const { view, nowMs, settings } = campaign
  const { modRevision, nodes: stored } = view?.voters ?? NO_VOTERS
  const known = [
    settings.self.node,
    ...(settings.voters ?? []),
    ...(view?.candidates.values() ?? []),
  ]
  const isStranded =
    stored !== undefined &&
    view?.leader === undefined &&
    isInTouch(campaign) &&
    !stored.some((node) => known.includes(node))
  if (!isStranded) {
    campaign.strandedSinceMs = undefined
    return
  }
  campaign.strandedSinceMs ??= nowMs
  const isDue = nowMs >= campaign.strandedSinceMs + waitMs(campaign)
  if (!isDue || campaign.strandedIn === modRevision) return
  campaign.strandedIn = modRevision
  campaign.out.push({ kind: 'stranded', voters: stored })
}

function onChange(campaign: Campaign, { id, verb, node }: Of<'change'>): void {
  // Without a list the first change makes one, of all that take part.
  const voters = voterNodes(campaign)
  const refusal = refusalOf(campaign, voters, verb, node)
  if (refusal !== undefined) {
    campaign.out.push({ kind: 'unchanged', id, code: refusal })
    return
  }
  const others = voters.filter((one) => one !== node)
  const nodes = verb === 'add' ? [...others, node] : others
  campaign.change = { id, nodes, untilMs: campaign.nowMs + 2 * ttlMsOf(campaign) }
}

function refusalOf(
  campaign: Campaign,
  voters: readonly string[],
  verb: 'add' | 'remove',
  node: string,
): ChangeRefusal | undefined {
  if (!isLeading(campaign)) return 'NOT_LEADER'
  if (campaign.change !== undefined) return 'VOTERS_CHANGING'
  if (!isNode(node) || voters.includes(node) === (verb === 'add')) return 'OPTION_INVALID'
  return voters.length === (verb === 'add' ? VOTERS_MAX : 1) ? 'OPTION_INVALID' : undefined
}

/** The voters are as they were to be, whoever said so; or nobody waits any longer. */
function settleChange(campaign: Campaign): void {
  const { change, view, nowMs } = campaign
  if (change === undefined) return
  const stored = view?.voters.nodes ?? []
  const isDone =
    stored.length === change.nodes.length && change.nodes.every((node) => stored.includes(node))
  if (isDone) {
    campaign.change = undefined
    campaign.out.push({ kind: 'changed', id: change.id })
    judgeLead(campaign)
  } else if (nowMs >= change.untilMs) unchanged(campaign, 'VOTERS_UNREACHED')
}

function unchanged(campaign: Campaign, code: ChangeRefusal): void {
  const { change } = campaign
  if (change === undefined) return
  campaign.change = undefined
  campaign.out.push({ kind: 'unchanged', id: change.id, code })
}
