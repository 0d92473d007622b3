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
import { readView } from '#etcd/leader/campaign-view'
import { CampaignEtcd, KEYS, Queue, TTL_MS } from './campaign-etcd.js'
import { Troubles } from './campaign-troubles.js'

const DRIFT = 0.05

interface Held {
  readonly id: string
  readonly ttlMs: number
  untilMs: number
}

export interface Contender {
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
  /** Its watch tells nothing for a while, though it is heard. */
  isLate: boolean
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
  readonly random: Random
  readonly options: WorldOptions
  readonly etcd = new CampaignEtcd(() => this.#told())
  readonly #queue = new Queue()
  readonly contenders: Contender[] = []
  nowMs = 0
  readonly #troubles = new Troubles(this)
  #lives = 0
  isPeaceful = false
  hasEnded = false
  readonly led: Led[] = []
  /** What must never be. */
  readonly faults: string[] = []
  readonly lines: string[] = []
  isTold = false

  constructor(options: WorldOptions) {
    this.options = options
    this.random = seededRandom(options.seed)
    for (let at = 0; at < options.nodes; at += 1) this.contenders.push(this.make(`n${at}@sim`))
    for (const one of this.contenders) this.start(one)
  }

  /** Trouble until then, and peace afterwards until somebody leads or `limitMs` has passed. */
  run(troubleMs: number, peaceMs: number): void {
    this.#troubles.plan(troubleMs)
    this.#until(troubleMs)
    this.hasEnded = true
    this.#troubles.peace()
    const limitMs = troubleMs + peaceMs
    const fromMs = this.nowMs
    while (this.nowMs < limitMs && this.faults.length === 0 && this.leaders().length === 0) {
      if (!this.#next(limitMs)) break
    }
    if (this.faults.length > 0) return
    if (this.leaders().length === 0) this.#fault(`nobody leads after ${peaceMs} ms of peace`)
    this.healedMs = this.nowMs - fromMs
  }

  healedMs = 0

  leaders(): readonly string[] {
    return this.contenders.filter((one) => this.leads(one)).map(({ name }) => name)
  }

  leads(one: Contender): boolean {
    return one.isAlive && one.campaign.lead !== undefined && this.#leftMs(one) > 0
  }

  make(name: string): Contender {
    const pace = 1 + (this.random.unit() * 2 - 1) * DRIFT
    this.#lives += 1
    const pid = Pid.of(name, 100 + this.#lives, 1_000)
    const nodes = Array.from({ length: this.options.nodes }, (_, at) => `n${at}@sim`)
    const voters = this.options.withVoters ? nodes : undefined
    const campaign = openCampaign({
      ...{ keys: KEYS, self: pid, voters, leaseTtlMs: TTL_MS, clockDriftMax: DRIFT },
    })
    return {
      ...{ name, pid, pace, campaign, held: undefined, watched: undefined },
      ...{
        isAlive: true,
        isFrozen: false,
        isCut: false,
        isLate: false,
        wakes: 0,
        later: [],
        told: [],
      },
    }
  }

  start(one: Contender): void {
    this.in(this.random.unit() * 20, () => this.feed(one, { kind: 'tick' }))
  }

  in(delayMs: number, run: () => void): void {
    this.#queue.add(this.nowMs + delayMs, run)
  }

  #next(limitMs: number): boolean {
    const due = this.#queue.take(limitMs)
    if (due === undefined) return false
    this.nowMs = due.atMs
    this.etcd.expire(this.nowMs)
    due.run()
    this.#judge()
    return true
  }

  #until(limitMs: number): void {
    while (this.faults.length === 0 && this.#next(limitMs));
    this.nowMs = limitMs
  }

  #judge(): void {
    const leaders = this.leaders()
    if (leaders.length > 1) this.#fault(`two lead: ${leaders.join(' and ')}`)
  }

  #fault(text: string): void {
    this.faults.push(`${Math.round(this.nowMs)}: ${text}`)
  }

  tell(text: string): void {
    if (this.isTold) this.lines.push(`${Math.round(this.nowMs)} ${text}`)
  }

  #localMs(one: Contender): number {
    return this.nowMs * one.pace
  }

  #leftMs({ held, ...one }: Contender): number {
    if (held === undefined) return 0
    return leaseLeftMs(held, DRIFT, this.nowMs * one.pace)
  }

  /** Something happens in a program; while it is frozen it happens later. */
  inside(one: Contender, run: () => void): void {
    if (!one.isAlive) return
    if (one.isFrozen) one.later.push(run)
    else run()
  }

  feed(one: Contender, input: CampaignInput): void {
    this.inside(one, () => {
      const now = {
        ...{ nowMs: this.#localMs(one), leftMs: this.#leftMs(one) },
        random: () => this.random.unit(),
      }
      for (const effect of step(one.campaign, input, now)) this.#carryOut(one, effect)
      one.wakes += 1
      const { wakes } = one
      const dueMs = (wakeAtMs(one.campaign) - this.#localMs(one)) / one.pace
      this.in(dueMs + 0.01, () => {
        if (one.wakes === wakes) this.feed(one, { kind: 'tick' })
      })
    })
  }

  #carryOut(one: Contender, effect: CampaignEffect): void {
    this.tell(`${one.name} ${JSON.stringify(effect)}`)
    switch (effect.kind) {
      case 'hold':
        this.#hold(one, effect.ttlMs)
        return
      case 'drop': {
        const id = one.held?.id ?? ''
        one.held = undefined
        this.#ask(one, 1_000, {
          act: () => this.etcd.endLease(id),
          done: () => {},
          failed: () => {},
        })
        return
      }
      case 'ask':
        this.#txn(one, effect.id, effect.txn, effect.timeoutMs)
        return
      case 'ask-lease':
        this.#askLease(one, effect)
        return
      case 'watch':
        one.watched = effect.fromRevision - 1
        this.watching(one)
        return
      case 'elected':
        this.#elected(one, effect.term)
        return
      case 'deposed':
      case 'rewound':
      case 'foreign':
      case 'held-up':
      case 'stranded':
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
      const isOpen = before.fence.length > 0 && this.etcd.txn({ when: before.fence }).held
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
      this.inside(one, () => {
        if (isOver) return
        isOver = true
        run()
      })
    }
    this.in(timeoutMs / one.pace, over(errand.failed))
    if (one.isCut && this.random.unit() < 0.9) return
    this.in(this.#delayMs(), () => {
      if (this.etcd.isDown) return
      let answer: unknown
      try {
        answer = errand.act()
      } catch {
        this.in(this.#delayMs(), over(errand.failed))
        return
      }
      this.#told()
      if (one.isCut || (!this.isPeaceful && this.random.unit() < 0.03)) return
      this.in(
        this.#delayMs(),
        over(() => errand.done(answer)),
      )
    })
  }

  /** Mostly short; now and then longer than anybody waits. */
  #delayMs(): number {
    const unit = this.random.unit()
    if (this.isPeaceful || unit < 0.97) return 0.2 + this.random.unit() * 3
    return this.random.unit() * (unit < 0.99 ? 200 : 1.5 * TTL_MS)
  }

  #hold(one: Contender, ttlMs: number): void {
    const sentMs = this.#localMs(one)
    this.#ask(one, ttlMs, {
      act: () => this.etcd.grant(ttlMs, this.nowMs),
      done: (answer) => {
        const held = { id: String(answer), ttlMs, untilMs: sentMs + ttlMs }
        one.held = held
        this.feed(one, { kind: 'leased', lease: held.id, ttlMs })
        this.#keep(one, held)
      },
      failed: () => this.feed(one, { kind: 'unleased' }),
    })
  }

  /** Asks for more life of the lease, every third of it. */
  #keep(one: Contender, held: Held): void {
    this.in(held.ttlMs / 3 / one.pace, () =>
      this.inside(one, () => {
        if (one.held !== held) return
        const sentMs = this.#localMs(one)
        this.#keep(one, held)
        this.#ask(one, held.ttlMs, {
          act: () => this.etcd.renew(held.id, this.nowMs),
          done: (isThere) => {
            if (one.held !== held) return
            if (isThere === true) {
              held.untilMs = Math.max(held.untilMs, sentMs + held.ttlMs)
              return
            }
            one.held = undefined
            this.feed(one, { kind: 'lease-ended', lease: held.id })
          },
          failed: () => {},
        })
      }),
    )
  }

  #txn(one: Contender, id: number, txn: Txn, timeoutMs: number): void {
    this.#ask(one, timeoutMs, {
      act: () => this.etcd.txn(txn),
      done: (answer) => {
        const { held, ...rest } = answer as ReturnType<CampaignEtcd['txn']>
        this.feed(one, { kind: 'answer', id, held, view: readView(KEYS, { held, ...rest }) })
      },
      failed: () => this.feed(one, { kind: 'failed', id }),
    })
  }

  #askLease(
    one: Contender,
    { id, lease, timeoutMs }: Extract<CampaignEffect, { kind: 'ask-lease' }>,
  ): void {
    this.#ask(one, timeoutMs, {
      act: () => this.etcd.leftMs(lease, this.nowMs),
      done: (left) => this.feed(one, { kind: 'lives', id, leftMs: Number(left) }),
      failed: () => this.feed(one, { kind: 'failed', id }),
    })
  }

  /** Something may have changed: whoever watches and hears is told, a little later. */
  #told(): void {
    for (const one of this.contenders) this.watching(one)
  }

  watching(one: Contender): void {
    if (one.watched === undefined || one.isLate || one.isCut || this.etcd.isDown) return
    const { watched } = one
    this.in(this.#delayMs(), () => {
      if (one.watched !== watched || one.isLate || one.isCut || this.etcd.isDown || !one.isAlive)
        return
      const { revision } = this.etcd
      if (watched > revision) {
        one.watched = undefined
        this.feed(one, { kind: 'watch-ended', end: 'rewound' })
        return
      }
      if (watched === revision) return
      one.watched = revision
      const changes = this.etcd.changesFrom(watched + 1)
      one.told.push({ kind: 'batch', revision, changes })
      this.inside(one, () => this.feed(one, one.told.shift() as CampaignInput))
    })
  }
}
