/**
 * leader/candidate: one contender's campaign, carried out: questions, a watch, a lease, a timer.
 *
 * What is decided is decided by `step`; here it is done. Whatever is asked while it has ended, or
 * comes back then, does nothing.
 *
 * Limit: its end waits `END_MS` for etcd at most; without a word its lease ends by itself.
 *
 * @source Chubby (Burrows) 2.4
 */
import type { Candidacy, Contender, Pid, Timer } from 'troupe'
import { VoterChanges } from 'troupe/registrar'
import type { Compare, EtcdClient, HeldLease, Running, WatchAsk } from '#etcd/client/etcd-client'
import { step, wakeAtMs } from './campaign.js'
import { Report } from './campaign-report.js'
import {
  type Campaign,
  type CampaignEffect,
  type CampaignInput,
  type CampaignSettings,
  describeCampaign,
  leaderOf,
  leaseLeftMs,
  openCampaign,
  voterNodes,
} from './campaign-state.js'
import { readChange, readView } from './campaign-view.js'

/** What a candidate is made of. */
export interface CandidateParts {
  readonly contender: Contender
  readonly client: EtcdClient
  readonly settings: CampaignSettings
  readonly fences: Map<number, readonly Compare[]>
  /** It has ended, and asks nothing any more. */
  readonly ended: () => void
}

type Told<K extends CampaignEffect['kind']> = Extract<CampaignEffect, { readonly kind: K }>

/** Longest wait for etcd at the end. */
const END_MS = 1_000

export class Candidate implements Candidacy {
  readonly #parts: CandidateParts
  readonly #campaign: Campaign
  readonly #report: Report
  readonly #changes: VoterChanges
  #held: HeldLease | undefined = undefined
  #watch: Running | undefined = undefined
  #timer: Timer | undefined = undefined
  #armedMs: number | undefined = undefined
  #isTelling = false
  /** What is waited for; undefined: it takes part. */
  #ending: Promise<void> | undefined = undefined
  #voters: readonly string[] = []

  constructor(parts: CandidateParts) {
    this.#parts = parts
    this.#changes = new VoterChanges(parts.contender.clusterId, () => this.leader)
    this.#campaign = openCampaign(parts.settings, parts.fences)
    this.#report = new Report(parts)
  }

  /** Once whoever made it knows it: it may end within this call. */
  begin(): void {
    this.#feed({ kind: 'tick' })
  }

  get term(): number {
    return this.#campaign.term
  }

  get leadsIn(): number | undefined {
    return this.#look().lead?.term
  }

  get leader(): Pid | undefined {
    return this.#ending === undefined ? leaderOf(this.#look()) : undefined
  }

  get leaseLeftMs(): number {
    return this.#look().lead === undefined ? 0 : this.#leftMs()
  }

  /** The same list as long as it holds. */
  get voters(): readonly string[] {
    const known = this.#voters
    const now = voterNodes(this.#campaign)
    const isSame = now.length === known.length && now.every((node, at) => node === known[at])
    if (!isSame) this.#voters = Object.freeze([...now])
    return this.#voters
  }

  changeVoters(verb: 'add' | 'remove', node: string): Promise<void> {
    return this.#changes.ask(node, (id) => {
      if (this.#ending === undefined) this.#feed({ kind: 'change', id, verb, node })
      else this.#changes.refuse(id, 'NOT_LEADER')
    })
  }

  stepDown(): void {
    this.#feed({ kind: 'step-down' })
  }

  end(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { lease, view, failures, settings } = this.#campaign
    return {
      state: this.#ending === undefined ? describeCampaign(this.#campaign) : 'ended',
      ...{ lease: lease?.id, leaseTtlMs: lease?.ttlMs, revision: view?.revision },
      ...{ key: settings.keys.leader, failures, problem: this.#report.problem },
    }
  }

  /** What holds at this instant: a lease that has run out counts from now on. */
  #look(): Campaign {
    if (this.#campaign.lead !== undefined && this.#leftMs() <= 0) this.#feed({ kind: 'tick' })
    return this.#campaign
  }

  /** Until the lease may end, by the slowest clock that is allowed for. */
  #leftMs(): number {
    const held = this.#held
    if (held === undefined || this.#ending !== undefined) return 0
    const { client, settings } = this.#parts
    return leaseLeftMs(held, settings.clockDriftMax, client.nowMs())
  }

  #feed(input: CampaignInput): void {
    if (this.#ending !== undefined) return
    const { contender } = this.#parts
    const now = {
      ...{ nowMs: contender.nowMs(), leftMs: this.#leftMs() },
      random: () => contender.random(),
    }
    const before = sightOf(this.#campaign)
    for (const effect of step(this.#campaign, input, now)) this.#carryOut(effect)
    this.#arm()
    if (sightOf(this.#campaign) !== before) this.#tell()
  }

  #carryOut(effect: CampaignEffect): void {
    switch (effect.kind) {
      case 'hold':
        void this.#hold(effect.ttlMs)
        return
      case 'drop':
        this.#drop()
        return
      case 'ask':
        void this.#ask(effect)
        return
      case 'ask-lease':
        void this.#askLease(effect)
        return
      case 'watch':
        this.#watchFrom(effect.fromRevision)
        return
      case 'changed':
        this.#changes.done(effect.id)
        return
      case 'unchanged':
        this.#changes.refuse(effect.id, effect.code)
        return
      case 'elected':
      case 'deposed':
      case 'rewound':
      case 'foreign':
      case 'held-up':
      case 'stranded':
        this.#report.told(effect)
    }
  }

  async #hold(ttlMs: number): Promise<void> {
    const { client } = this.#parts
    let held: HeldLease
    try {
      held = await client.hold(ttlMs, { timeoutMs: ttlMs })
    } catch (thrown) {
      this.#failed(thrown)
      this.#feed({ kind: 'unleased' })
      return
    }
    if (this.#ending !== undefined) {
      await letGo(client, held)
      return
    }
    this.#held = held
    this.#feed({ kind: 'leased', lease: held.id, ttlMs: held.ttlMs })
    await held.ended.catch(() => {})
    if (this.#held !== held) return
    this.#held = undefined
    this.#feed({ kind: 'lease-ended', lease: held.id })
  }

  #drop(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) void letGo(this.#parts.client, held)
  }

  async #ask({ id, txn, timeoutMs }: Told<'ask'>): Promise<void> {
    const { client, settings } = this.#parts
    try {
      const answer = await client.txn(txn, { timeoutMs })
      this.#report.answered()
      this.#feed({ kind: 'answer', id, held: answer.held, view: readView(settings.keys, answer) })
    } catch (thrown) {
      this.#failed(thrown)
      this.#feed({ kind: 'failed', id })
    }
  }

  async #askLease({ id, lease, timeoutMs }: Told<'ask-lease'>): Promise<void> {
    const { client } = this.#parts
    try {
      const leftMs = await client.timeToLive(lease, { timeoutMs })
      this.#feed({ kind: 'lives', id, leftMs })
      this.#report.answered()
    } catch (thrown) {
      this.#failed(thrown)
      this.#feed({ kind: 'failed', id })
    }
  }

  #watchFrom(fromRevision: number): void {
    const { keys } = this.#parts.settings
    this.#watch?.close()
    this.#watch = undefined
    const watch = this.#watched({
      ...{ range: { prefix: keys.folder }, fromRevision },
      take: ({ revision, events }) => {
        if (this.#watch !== watch) return
        const changes = events.map((event) => readChange(keys, event))
        const known = changes.filter((change) => change !== undefined)
        this.#feed({ kind: 'batch', revision, changes: known })
      },
      ended: ({ kind }) => {
        if (this.#watch === watch) this.#feed({ kind: 'watch-ended', end: kind })
      },
    })
    this.#watch = watch
  }

  /** A client that was closed throws at once; all else fails with it, and says so. */
  #watched(ask: WatchAsk): Running | undefined {
    try {
      return this.#parts.client.watch(ask)
    } catch (thrown) {
      this.#failed(thrown)
      return undefined
    }
  }

  #failed(thrown: unknown): void {
    if (this.#ending === undefined) this.#report.failed(thrown)
  }

  /** One timer: the newest time holds. */
  #arm(): void {
    const dueMs = wakeAtMs(this.#campaign)
    if (dueMs === this.#armedMs) return
    this.#armedMs = dueMs
    this.#timer?.cancel()
    this.#timer = undefined
    if (dueMs === Number.POSITIVE_INFINITY) return
    const { contender } = this.#parts
    this.#timer = this.#after(Math.max(0, dueMs - contender.nowMs()), () => {
      this.#armedMs = undefined
      this.#feed({ kind: 'tick' })
    })
  }

  /** Never within a call, and once for all that happened since. */
  #tell(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#after(0, () => {
      this.#isTelling = false
      if (this.#ending === undefined) this.#parts.contender.changed()
    })
  }

  /** A process that was killed takes no timer: nobody else says that it stands no more. */
  #after(delayMs: number, run: () => void): Timer | undefined {
    try {
      return this.#parts.contender.after(delayMs, run)
    } catch {
      void this.end()
      return undefined
    }
  }

  async #end(): Promise<void> {
    const { client, ended } = this.#parts
    const held = this.#held
    // Who asks while it ends is told that it leads no more.
    this.#held = undefined
    this.#campaign.lead = undefined
    this.#timer?.cancel()
    this.#watch?.close()
    this.#changes.refuseAll('LEADERSHIP_LOST')
    if (held !== undefined) await letGo(client, held)
    ended()
  }
}

/** Ends a lease, and waits for that no longer than the end may take. */
async function letGo(client: EtcdClient, held: HeldLease): Promise<void> {
  held.close()
  try {
    await client.revoke(held.id, { timeoutMs: END_MS, retry: true })
  } catch {
    // It ends by itself, as it is kept alive no more.
  }
}

/** What a contender shows of the lead, as one text to be compared. */
function sightOf(campaign: Campaign): string {
  const { term, lead } = campaign
  const leader = leaderOf(campaign)
  const pid = leader === undefined ? '' : `${leader.node} ${leader.id} ${leader.creation}`
  return `${term} ${lead?.term} ${pid} ${voterNodes(campaign).join(' ')}`
}
