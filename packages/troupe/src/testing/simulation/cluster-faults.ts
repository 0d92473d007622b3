/**
 * testing/simulation/cluster-faults: what befalls a cluster, by seed, and when it is mended.
 *
 * Each kind of the mix comes `each` times within the span; a fault that finds nobody it could
 * befall waits for its turn. Every one is written to the journal with the hosts it is about.
 */
import type { Random } from '#base/random'
import type { SimulatedCluster } from './cluster.js'
import type { ClusterJournal, FaultSpan } from './cluster-journal.js'
import { nodeOn } from './cluster-member.js'

export type FaultKind =
  | 'reset'
  | 'half'
  | 'partition'
  | 'one-way'
  | 'crash'
  | 'death'
  | 'freeze'
  | 'stall'
  | 'block'
  | 'slow'
  | 'loss'
  | 'delay'
  | 'datagrams'
  | 'skew'
  | 'drift'
  | 'disconnect'

/** What each scenario is made of; `mix` takes some of all kinds by seed. */
export const SCENARIOS: Readonly<Record<string, readonly FaultKind[]>> = Object.freeze({
  calm: [],
  resets: ['reset', 'half', 'delay'],
  partitions: ['partition', 'one-way'],
  crashes: ['crash'],
  deaths: ['death', 'reset'],
  freezes: ['freeze', 'stall'],
  busy: ['block', 'reset', 'stall'],
  weather: ['loss', 'delay', 'datagrams', 'slow'],
  clocks: ['skew', 'drift', 'crash'],
  cuts: ['disconnect', 'reset'],
  mix: [
    ...(['reset', 'half', 'partition', 'one-way', 'crash', 'death', 'freeze', 'stall'] as const),
    ...(['block', 'slow', 'loss', 'delay', 'datagrams', 'skew', 'drift', 'disconnect'] as const),
  ],
})

/** Kinds after which a node may rightly count as down. */
export const GRAVE: ReadonlySet<string> = new Set<FaultKind>([
  ...(['partition', 'one-way', 'crash', 'death', 'freeze', 'loss', 'disconnect'] as const),
])

/** Kinds that end a life: after a crash another one begins, after a death none. */
export const FATAL: ReadonlySet<string> = new Set<FaultKind>(['crash', 'death'])

/** So many hosts never die, so that something is left to be judged. */
export const SURVIVORS_MIN = 3

const RETRY_MS = 150

export class ClusterFaults {
  /** Faults that have begun, by kind. */
  readonly counts = new Map<FaultKind, number>()
  readonly #cluster: SimulatedCluster
  readonly #journal: ClusterJournal
  readonly #random: Random
  readonly #dead = new Set<string>()
  #open = 0
  #untilMs = 0

  constructor(cluster: SimulatedCluster, journal: ClusterJournal, random: Random) {
    this.#cluster = cluster
    this.#journal = journal
    this.#random = random
  }

  /** True while a fault is in force or waits. */
  get busy(): boolean {
    return this.#open > 0
  }

  /** Plans `each` faults of every kind within the next `spanMs`. */
  plan(kinds: readonly FaultKind[], each: number, spanMs: number): void {
    const { clock } = this.#cluster
    this.#untilMs = clock.nowMs() + 2 * spanMs
    for (const kind of kinds) {
      for (let i = 0; i < each; i += 1) {
        this.#open += 1
        clock.after(this.#random.unit() * spanMs, () => this.#begin(kind))
      }
    }
  }

  /** Gives up what still waits, and mends everything at once. */
  mendAll(): void {
    const { network, hosts } = this.#cluster
    this.#untilMs = 0
    network.heal()
    network.set({
      ...{ latencyMs: [0.2, 1], lossChance: 0, duplicateChance: 0, reorderChance: 0 },
      bytesPerSecond: Number.POSITIVE_INFINITY,
    })
    for (const host of hosts) {
      network.host(host).thaw()
      network.host(host).unblock()
      network.host(host).drift(1)
      if (!this.#dead.has(host)) this.#cluster.restart(host)
    }
    const nowMs = this.#cluster.clock.nowMs()
    for (const fault of this.#journal.faults) {
      if (fault.kind !== 'death') fault.toMs = Math.min(fault.toMs, nowMs)
    }
  }

  #begin(kind: FaultKind): void {
    if (this.#cluster.clock.nowMs() > this.#untilMs) {
      this.#open -= 1
      return
    }
    if (!this.#strike(kind)) {
      this.#cluster.clock.after(RETRY_MS, () => this.#begin(kind))
      return
    }
    this.#open -= 1
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
  }

  /** False: there is nobody it could befall now. */
  #strike(kind: FaultKind): boolean {
    switch (kind) {
      case 'reset':
      case 'half':
        return this.#breakLines(kind)
      case 'partition':
      case 'one-way':
        return this.#cut(kind)
      case 'crash':
        return this.#crash()
      case 'death':
        return this.#die()
      case 'freeze':
      case 'stall':
      case 'block':
        return this.#stop(kind)
      case 'slow':
      case 'loss':
      case 'delay':
      case 'datagrams':
        return this.#weather(kind)
      case 'skew':
      case 'drift':
        return this.#clock(kind)
      default:
        return this.#disconnect()
    }
  }

  #breakLines(kind: 'reset' | 'half'): boolean {
    const [one, other] = this.#neighbours()
    this.#span(kind, [one, other], 0)
    this.#cluster.network.breakLines(one, other, kind)
    return true
  }

  #cut(kind: 'partition' | 'one-way'): boolean {
    const { network, clock } = this.#cluster
    const lastsMs = 100 + this.#random.below(3_500)
    if (kind === 'one-way') {
      const [one, other] = this.#neighbours()
      this.#span(kind, [one, other], lastsMs)
      network.block(one, other)
      clock.after(lastsMs, () => network.unblock(one, other))
      return true
    }
    const groups: [string[], string[]] = [[], []]
    for (const host of this.#cluster.hosts) groups[this.#random.below(2)]?.push(host)
    const [left, right] = groups
    this.#span(kind, this.#cluster.hosts, lastsMs)
    network.partition(left, right)
    clock.after(lastsMs, () => {
      for (const one of left) {
        for (const other of right) {
          network.unblock(one, other)
          network.unblock(other, one)
        }
      }
    })
    return true
  }

  #crash(): boolean {
    const member = this.#running()
    if (member === undefined) return false
    const host = member
    const lastsMs = 50 + this.#random.below(3_000)
    this.#span('crash', [host], lastsMs)
    this.#cluster.crash(host)
    this.#later(lastsMs, () => this.#cluster.restart(host))
    return true
  }

  /** A crash after which nothing comes: the others have to do without this host. */
  #die(): boolean {
    const { hosts } = this.#cluster
    const host = this.#running()
    if (host === undefined || hosts.length - this.#dead.size <= SURVIVORS_MIN) return false
    this.#dead.add(host)
    this.#span('death', [host], Number.POSITIVE_INFINITY)
    this.#cluster.crash(host)
    return true
  }

  /** `stall` is a freeze that is too short to be noticed; `block` stops the main loop only. */
  #stop(kind: 'freeze' | 'stall' | 'block'): boolean {
    const name = this.#running()
    if (name === undefined) return false
    const host = this.#cluster.network.host(name)
    const spans = { freeze: 4_000, stall: 700, block: 6_000 }
    const lastsMs = 50 + this.#random.below(spans[kind])
    this.#span(kind, [name], lastsMs)
    if (kind === 'block') host.block()
    else host.freeze()
    this.#later(lastsMs, () => (kind === 'block' ? host.unblock() : host.thaw()))
    return true
  }

  #weather(kind: 'slow' | 'loss' | 'delay' | 'datagrams'): boolean {
    const { network, clock } = this.#cluster
    const [from, to] = this.#neighbours()
    const lastsMs = 200 + this.#random.below(3_000)
    const settings = {
      slow: { bytesPerSecond: 200_000 + this.#random.below(2_000_000) },
      loss: { lossChance: 0.02 + this.#random.unit() * 0.2 },
      delay: { latencyMs: [5, 10 + this.#random.below(90)] as const },
      datagrams: { duplicateChance: 0.3, reorderChance: 0.3 },
    }
    const calm = {
      slow: { bytesPerSecond: Number.POSITIVE_INFINITY },
      loss: { lossChance: 0 },
      delay: { latencyMs: [0.2, 1] as const },
      datagrams: { duplicateChance: 0, reorderChance: 0 },
    }
    this.#span(kind, [from, to], lastsMs)
    network.set(settings[kind], { from, to })
    clock.after(lastsMs, () => network.set(calm[kind], { from, to }))
    return true
  }

  #clock(kind: 'skew' | 'drift'): boolean {
    const host = this.#any(this.#cluster.hosts)
    this.#span(kind, [host], 0)
    if (kind === 'skew') {
      this.#cluster.network.host(host).skewWall(this.#random.below(20_000) - 10_000)
    } else this.#cluster.network.host(host).drift(0.99 + this.#random.unit() * 0.02)
    return true
  }

  #disconnect(): boolean {
    const [one, other] = this.#neighbours()
    const member = this.#cluster.member(one)
    if (member === undefined || !member.isRunning) return false
    this.#span('disconnect', [one, other], 0)
    this.#cluster.network.note('disconnect', one, other)
    member.node.network.disconnect(nodeOn(other))
    return true
  }

  #later(delayMs: number, run: () => void): void {
    this.#open += 1
    this.#cluster.clock.after(delayMs, () => {
      this.#open -= 1
      run()
    })
  }

  #span(kind: FaultKind, hosts: readonly string[], lastsMs: number): void {
    const fromMs = this.#cluster.clock.nowMs()
    const span: FaultSpan = { kind, hosts, fromMs, toMs: fromMs + lastsMs }
    this.#journal.faults.push(span)
  }

  /** A host whose program runs and can be stopped. */
  #running(): string | undefined {
    const running = this.#cluster.members.filter(({ isRunning }) => isRunning)
    return running.length < 2 ? undefined : this.#any(running).host.name
  }

  #neighbours(): readonly [string, string] {
    const one = this.#any(this.#cluster.hosts)
    return [one, this.#any(this.#cluster.knownTo(one))]
  }

  #any<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T
  }
}
