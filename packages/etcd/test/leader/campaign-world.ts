/**
 * campaign-world: contenders as pure steps around one etcd, with all that may befall them.
 *
 * Everything that happens is one event of a queue, by chance from a seed: questions and answers on
 * their way, lost or late; keep-alives; the watch; programs that freeze, restart, are cut off;
 * clocks that drift; an etcd that stands still or is restored from an old snapshot; a person with
 * etcdctl. It judges at every event.
 */
import { Pid } from 'troupe'
import { type Random, seededRandom } from 'troupe/registrar'
import type { Compare, Txn } from '#etcd/client/etcd-client'
import { step, wakeAtMs } from '#etcd/leader/campaign'
import {
  type Campaign,
  type CampaignEffect,
  type CampaignInput,
  leaseLeftMs,
  openCampaign,
} from '#etcd/leader/campaign-state'
import { readChange, readView } from '#etcd/leader/campaign-view'
import { leaderKeys } from '#etcd/leader/leader-keys'
import { MemoryStore } from '#etcd/testing/memory-store'

export const TTL_MS = 2_000
const DRIFT = 0.05
const KEYS = leaderKeys('services/troupe', 'default', 'test')

interface Due {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

interface Held {
  readonly id: string
  readonly ttlMs: number
  untilMs: number
}

interface Contender {
  readonly name: string
  readonly pid: Pid
  /** How fast its clock goes. */
  readonly pace: number
  campaign: Campaign
  held: Held | undefined
  /** Told up to this revision; undefined: it does not watch. */
  watched: number | undefined
  isAlive: boolean
  isFrozen: boolean
  isCut: boolean
  wakes: number
  /** What waits until it goes on. */
  later: (() => void)[]
  /** What it is told by its watch, in order. */
  told: CampaignInput[]
}

/** What may befall a world. */
export interface WorldOptions {
  readonly seed: number
  readonly nodes: number
  readonly withVoters: boolean
  readonly restarts: boolean
  readonly restores: boolean
  readonly hands: boolean
}

interface Led {
  readonly term: number
  readonly name: string
  readonly fence: readonly Compare[]
}

export class World {
  readonly #random: Random
  readonly #options: WorldOptions
  readonly #store = new MemoryStore()
  readonly #leases = new Map<string, { ttlMs: number; dueMs: number }>()
  readonly #contenders: Contender[] = []
  #queue: Due[] = []
  #order = 0
  #nowMs = 0
  #lives = 0
  #leaseCount = 0
  #isDown = false
  #isPeaceful = false
  #hasEnded = false
  #snapshot: ReturnType<MemoryStore['save']> | undefined = undefined
  readonly led: Led[] = []
  /** What must never be. */
  readonly faults: string[] = []
  readonly lines: string[] = []
  isTold = false

  constructor(options: WorldOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed)
    for (let at = 0; at < options.nodes; at += 1) this.#contenders.push(this.#make(`n${at}@sim`))
    for (const one of this.#contenders) this.#start(one)
  }

  /** Trouble until then, and peace afterwards until somebody leads or `limitMs` has passed. */
  run(troubleMs: number, peaceMs: number): void {
    this.#plan(troubleMs)
    this.#until(troubleMs)
    this.#hasEnded = true
    this.#peace()
    const limitMs = troubleMs + peaceMs
    const fromMs = this.#nowMs
    while (this.#nowMs < limitMs && this.faults.length === 0 && this.leaders().length === 0) {
      if (!this.#next(limitMs)) break
    }
    if (this.faults.length > 0) return
    if (this.leaders().length === 0) this.#fault(`nobody leads after ${peaceMs} ms of peace`)
    this.healedMs = this.#nowMs - fromMs
  }

  healedMs = 0

  leaders(): readonly string[] {
    return this.#contenders.filter((one) => this.#leads(one)).map(({ name }) => name)
  }

  #leads(one: Contender): boolean {
    return one.isAlive && one.campaign.lead !== undefined && this.#leftMs(one) > 0
  }

  #make(name: string): Contender {
    const pace = 1 + (this.#random.unit() * 2 - 1) * DRIFT
    this.#lives += 1
    const pid = Pid.of(name, 100 + this.#lives, 1_000)
    const nodes = Array.from({ length: this.#options.nodes }, (_, at) => `n${at}@sim`)
    const voters = this.#options.withVoters ? nodes : undefined
    const campaign = openCampaign({
      ...{ keys: KEYS, self: pid, voters, leaseTtlMs: TTL_MS, clockDriftMax: DRIFT },
    })
    return {
      ...{ name, pid, pace, campaign, held: undefined, watched: undefined },
      ...{ isAlive: true, isFrozen: false, isCut: false, wakes: 0, later: [], told: [] },
    }
  }

  #start(one: Contender): void {
    this.#in(this.#random.unit() * 20, () => this.#feed(one, { kind: 'tick' }))
  }

  #in(delayMs: number, run: () => void): void {
    this.#order += 1
    const due = { atMs: this.#nowMs + delayMs, order: this.#order, run }
    let at = this.#queue.length
    // The earliest stands last.
    while (at > 0 && isBefore(this.#queue[at - 1] as Due, due)) at -= 1
    this.#queue.splice(at, 0, due)
  }

  #next(limitMs: number): boolean {
    const due = this.#queue.at(-1)
    if (due === undefined || due.atMs > limitMs) return false
    this.#queue.pop()
    this.#nowMs = due.atMs
    this.#expire()
    due.run()
    this.#judge()
    return true
  }

  #until(limitMs: number): void {
    while (this.faults.length === 0 && this.#next(limitMs));
    this.#nowMs = limitMs
  }

  #judge(): void {
    const leaders = this.leaders()
    if (leaders.length > 1) this.#fault(`two lead: ${leaders.join(' and ')}`)
  }

  #fault(text: string): void {
    this.faults.push(`${Math.round(this.#nowMs)}: ${text}`)
  }

  #tell(text: string): void {
    if (this.isTold) this.lines.push(`${Math.round(this.#nowMs)} ${text}`)
  }

  #localMs(one: Contender): number {
    return this.#nowMs * one.pace
  }

  #leftMs({ held, ...one }: Contender): number {
    if (held === undefined) return 0
    return leaseLeftMs(held, DRIFT, this.#nowMs * one.pace)
  }

  /** Something happens in a program; while it is frozen it happens later. */
  #inside(one: Contender, run: () => void): void {
    if (!one.isAlive) return
    if (one.isFrozen) one.later.push(run)
    else run()
  }

  #feed(one: Contender, input: CampaignInput): void {
    this.#inside(one, () => {
      const now = {
        ...{ nowMs: this.#localMs(one), leftMs: this.#leftMs(one) },
        random: () => this.#random.unit(),
      }
      for (const effect of step(one.campaign, input, now)) this.#carryOut(one, effect)
      one.wakes += 1
      const { wakes } = one
      const dueMs = (wakeAtMs(one.campaign) - this.#localMs(one)) / one.pace
      this.#in(dueMs + 0.01, () => {
        if (one.wakes === wakes) this.#feed(one, { kind: 'tick' })
      })
    })
  }

  #carryOut(one: Contender, effect: CampaignEffect): void {
    this.#tell(`${one.name} ${JSON.stringify(effect)}`)
    switch (effect.kind) {
      case 'hold':
        this.#hold(one, effect.ttlMs)
        return
      case 'drop': {
        const id = one.held?.id ?? ''
        one.held = undefined
        this.#ask(one, 1_000, { act: () => this.#endLease(id), done: () => {}, failed: () => {} })
        return
      }
      case 'ask':
        this.#txn(one, effect.id, effect.txn, effect.timeoutMs)
        return
      case 'ask-lease':
      case 'revoke':
        this.#askLease(one, effect)
        return
      case 'watch':
        one.watched = effect.fromRevision - 1
        this.#watching(one)
        return
      case 'elected':
        this.#elected(one, effect.term)
        return
      case 'deposed':
      case 'rewound':
      case 'foreign':
      case 'changed':
      case 'unchanged':
        return
    }
  }

  #elected(one: Contender, term: number): void {
    const highest = Math.max(0, ...this.led.map((led) => led.term))
    if (term <= highest) this.#fault(`${one.name} leads in ${term} after ${highest}`)
    const fence = one.campaign.fences.get(term) ?? []
    if (fence.length === 0) this.#fault(`term ${term} has no fence`)
    for (const before of this.led) {
      const isOpen = before.fence.length > 0 && this.#store.txn({ when: before.fence }).held
      if (isOpen) this.#fault(`the fence of ${before.term} is open in ${term}`)
    }
    this.led.push({ term, name: one.name, fence })
  }

  /** A question on its way, what it does there, and its answer on its way back. */
  #ask(
    one: Contender,
    timeoutMs: number,
    errand: {
      readonly act: () => unknown
      readonly done: (answer: unknown) => void
      readonly failed: () => void
    },
  ): void {
    let isOver = false
    const over = (run: () => void) => () => {
      this.#inside(one, () => {
        if (isOver) return
        isOver = true
        run()
      })
    }
    this.#in(timeoutMs / one.pace, over(errand.failed))
    if (one.isCut && this.#random.unit() < 0.9) return
    this.#in(this.#delayMs(), () => {
      if (this.#isDown) return
      let answer: unknown
      try {
        answer = errand.act()
      } catch {
        this.#in(this.#delayMs(), over(errand.failed))
        return
      }
      this.#told()
      if (one.isCut || (!this.#isPeaceful && this.#random.unit() < 0.03)) return
      this.#in(
        this.#delayMs(),
        over(() => errand.done(answer)),
      )
    })
  }

  /** Mostly short; now and then longer than anybody waits. */
  #delayMs(): number {
    const unit = this.#random.unit()
    if (this.#isPeaceful || unit < 0.97) return 0.2 + this.#random.unit() * 3
    return this.#random.unit() * (unit < 0.99 ? 200 : 1.5 * TTL_MS)
  }

  #hold(one: Contender, ttlMs: number): void {
    const sentMs = this.#localMs(one)
    this.#ask(one, ttlMs, {
      act: () => {
        this.#leaseCount += 1
        const id = String(1_000_000 + this.#leaseCount)
        this.#store.addLease(id)
        this.#leases.set(id, { ttlMs, dueMs: this.#nowMs + ttlMs })
        return id
      },
      done: (answer) => {
        const held = { id: String(answer), ttlMs, untilMs: sentMs + ttlMs }
        one.held = held
        this.#feed(one, { kind: 'leased', lease: held.id, ttlMs })
        this.#keep(one, held)
      },
      failed: () => this.#feed(one, { kind: 'unleased' }),
    })
  }

  /** Asks for more life of the lease, every third of it. */
  #keep(one: Contender, held: Held): void {
    this.#in(held.ttlMs / 3 / one.pace, () =>
      this.#inside(one, () => {
        if (one.held !== held) return
        const sentMs = this.#localMs(one)
        this.#keep(one, held)
        this.#ask(one, held.ttlMs, {
          act: () => {
            const lease = this.#leases.get(held.id)
            if (lease !== undefined) lease.dueMs = this.#nowMs + lease.ttlMs
            return lease !== undefined
          },
          done: (isThere) => {
            if (one.held !== held) return
            if (isThere === true) {
              held.untilMs = Math.max(held.untilMs, sentMs + held.ttlMs)
              return
            }
            one.held = undefined
            this.#feed(one, { kind: 'lease-ended', lease: held.id })
          },
          failed: () => {},
        })
      }),
    )
  }

  #expire(): void {
    if (this.#isDown) return
    for (const [id, { dueMs }] of this.#leases) if (dueMs <= this.#nowMs) this.#endLease(id)
  }

  #endLease(id: string): void {
    if (!this.#leases.delete(id)) return
    this.#store.endLease(id)
    this.#told()
  }

  #txn(one: Contender, id: number, txn: Txn, timeoutMs: number): void {
    this.#ask(one, timeoutMs, {
      act: () => this.#store.txn(txn),
      done: (answer) => {
        const { held, ...rest } = answer as ReturnType<MemoryStore['txn']>
        this.#feed(one, { kind: 'answer', id, held, view: readView(KEYS, { held, ...rest }) })
      },
      failed: () => this.#feed(one, { kind: 'failed', id }),
    })
  }

  #askLease(
    one: Contender,
    { kind, id, lease, timeoutMs }: Extract<CampaignEffect, { kind: 'ask-lease' | 'revoke' }>,
  ): void {
    this.#ask(one, timeoutMs, {
      act: () => {
        const left = (this.#leases.get(lease)?.dueMs ?? this.#nowMs) - this.#nowMs
        if (kind === 'revoke') this.#endLease(lease)
        return Math.ceil(left / 1_000) * 1_000
      },
      done: (left) =>
        this.#feed(
          one,
          kind === 'revoke' ? { kind: 'revoked', id } : { kind: 'lives', id, leftMs: Number(left) },
        ),
      failed: () => this.#feed(one, { kind: 'failed', id }),
    })
  }

  /** Something may have changed: whoever watches and hears is told, a little later. */
  #told(): void {
    for (const one of this.#contenders) this.#watching(one)
  }

  #watching(one: Contender): void {
    if (one.watched === undefined || one.isCut || this.#isDown) return
    const { watched } = one
    this.#in(this.#delayMs(), () => {
      if (one.watched !== watched || one.isCut || this.#isDown || !one.isAlive) return
      const { revision } = this.#store
      if (watched > revision) {
        one.watched = undefined
        this.#feed(one, { kind: 'watch-ended', end: 'rewound' })
        return
      }
      if (watched === revision) return
      one.watched = revision
      const changes = (this.#store.changesFrom(watched + 1) ?? []).flatMap((change) => {
        const { entry, key } = change
        const event =
          entry === undefined
            ? { kind: 'delete' as const, key: Buffer.from(key), modRevision: change.revision }
            : { kind: 'put' as const, entry }
        const read = readChange(KEYS, event)
        return read === undefined ? [] : [read]
      })
      one.told.push({ kind: 'batch', revision, changes })
      this.#inside(one, () => this.#feed(one, one.told.shift() as CampaignInput))
    })
  }

  /** What befalls them, by chance. */
  #plan(troubleMs: number): void {
    let atMs = 300
    while (atMs < troubleMs) {
      this.#in(atMs, () => this.#befall())
      atMs += this.#random.unit() * 1_500
    }
    if (!this.#options.restores) return
    const savedMs = this.#random.unit() * troubleMs * 0.5
    this.#in(savedMs, () => {
      this.#snapshot = this.#store.save()
    })
    this.#in(savedMs + this.#random.unit() * (troubleMs - savedMs), () => this.#restore())
  }

  #befall(): void {
    if (this.#isPeaceful) return
    const one = this.#contenders[this.#random.below(this.#contenders.length)] as Contender
    const { restarts, hands } = this.#options
    const longMs = this.#random.unit() * 2.5 * TTL_MS
    const kind = this.#random.below(9)
    this.#tell(`befalls ${kind} ${one.name} ${Math.round(longMs)}`)
    if (kind === 0) this.#cut(one, longMs)
    else if (kind === 1) this.#freeze(one, longMs)
    else if (kind === 2 && restarts) this.#restart(one, longMs)
    else if (kind === 3) this.#outage(longMs)
    else if (kind === 4) this.#feed(one, { kind: 'step-down' })
    else if (kind === 5 && this.#options.withVoters) this.#change(one)
    else if (kind === 6 && hands) this.#hand()
    else if (kind === 7) for (const each of this.#contenders) this.#cut(each, longMs)
    else if (kind === 8) this.#leaderOr(one, (leader) => this.#freeze(leader, longMs))
  }

  #leaderOr(one: Contender, run: (one: Contender) => void): void {
    run(this.#contenders.find((each) => this.#leads(each)) ?? one)
  }

  #cut(one: Contender, longMs: number): void {
    one.isCut = true
    this.#in(longMs, () => this.#mend(one))
  }

  #mend(one: Contender): void {
    one.isCut = false
    this.#watching(one)
  }

  #freeze(one: Contender, longMs: number): void {
    one.isFrozen = true
    this.#in(longMs, () => this.#thaw(one))
  }

  #thaw(one: Contender): void {
    if (!one.isFrozen) return
    one.isFrozen = false
    const { later } = one
    one.later = []
    // In what order a program does what has piled up is not sure.
    for (const run of this.#random.unit() < 0.5 ? later : later.reverse()) this.#inside(one, run)
  }

  #restart(one: Contender, longMs: number): void {
    one.isAlive = false
    this.#in(longMs, () => {
      if (one.isAlive) return
      const at = this.#contenders.indexOf(one)
      if (at < 0) return
      const next = this.#make(one.name)
      this.#contenders[at] = next
      this.#start(next)
    })
  }

  #outage(longMs: number): void {
    if (this.#isDown) return
    this.#isDown = true
    this.#in(longMs, () => this.#up())
  }

  /** It has a leader again: every lease begins anew. */
  #up(): void {
    this.#isDown = false
    for (const lease of this.#leases.values()) lease.dueMs = this.#nowMs + lease.ttlMs
    this.#told()
  }

  /**
   * An old snapshot is restored while all that know the newest term are there: with none of them
   * nobody could know it.
   */
  #restore(): void {
    this.#peace()
    this.#in(2 * TTL_MS, () => this.#restoring())
  }

  #restoring(): void {
    this.#isDown = true
    // To restore an etcd takes longer than a lease.
    this.#in(TTL_MS * 1.3, () => {
      const snapshot = this.#snapshot
      if (snapshot !== undefined) {
        this.#tell(`restored ${this.#store.revision} to ${snapshot.revision}`)
        this.#store.load(snapshot)
        const known = [...snapshot.leases.keys()]
        this.#leases.clear()
        for (const id of known) this.#leases.set(id, { ttlMs: TTL_MS, dueMs: 0 })
      }
      this.#up()
      this.#in(2 * TTL_MS, () => {
        this.#isPeaceful = this.#hasEnded
      })
    })
  }

  #change(one: Contender): void {
    const node = `n${this.#random.below(this.#options.nodes)}@sim`
    const verb = this.#random.unit() < 0.5 ? 'add' : 'remove'
    this.#leaderOr(one, (leader) => this.#feed(leader, { kind: 'change', id: 1, verb, node }))
  }

  /** A person with etcdctl. */
  #hand(): void {
    if (this.#isDown) return
    const { leader, base } = KEYS
    const garbage = ['{"node":1', '', '{"base":9e99}', 'x'.repeat(1_000)][this.#random.below(4)]
    const kind = this.#random.below(this.#options.restarts ? 2 : 4)
    if (kind === 0) this.#store.txn({ acts: [{ kind: 'delete', range: { key: leader } }] })
    if (kind === 1) this.#store.txn({ acts: [{ kind: 'put', key: leader, value: garbage ?? '' }] })
    if (kind === 2) this.#store.txn({ acts: [{ kind: 'put', key: base, value: garbage ?? '' }] })
    if (kind === 3) {
      this.#store.txn({ acts: [{ kind: 'delete', range: { prefix: KEYS.folder } }] })
    }
    this.#told()
  }

  #peace(): void {
    this.#isPeaceful = true
    if (this.#isDown) this.#up()
    for (const one of this.#contenders) {
      this.#mend(one)
      this.#thaw(one)
    }
  }
}

const isBefore = (one: Due, other: Due): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
