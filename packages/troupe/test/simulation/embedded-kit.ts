/**
 * embedded-kit: many nodes of one simulated machine with the registrar that they share.
 *
 * Each keeps a table as its loop would. Whoever is told that a living node has gone is told a
 * wrong thing: it is written down.
 */
import { virtualClock } from 'troupe/testing'
import type { Clock } from '#base/clock'
import { type Random, seededRandom } from '#base/random'
import { Member, type MemberNews } from '#cluster/registrar/embedded/member'
import { EMBEDDED_REGISTRAR_DEFAULTS } from '#cluster/registrar/embedded/options'
import { applyChange, snapshotOf } from '#cluster/registrar/embedded/telling'
import { RouteTable } from '#cluster/registrar/route-table'
import type { NodeRoute, OwnApplicationRoute, RegistrarEvent } from '#contract'
import type { SimulatedHost } from '#testing/simulation/host'
import { type SimulatedNetwork, simulatedNetwork } from '#testing/simulation/network'
import { SimulatedSocketPath } from '#testing/simulation/socket-place'

export const KEY = new Uint8Array(32).fill(7)

/** One node of the machine, in one of its lives. */
export class Resident {
  readonly node: string
  readonly creation: number
  readonly host: SimulatedHost
  readonly member: Member
  readonly table: RouteTable
  readonly events: RegistrarEvent[] = []
  readonly refused: string[] = []
  readonly applications = new Map<string, number>()
  /** What it refused as the server. */
  refusedThere: Readonly<Record<string, number>> = {}
  server = ''
  isJoined = false
  /** Since when it does not run, by the clock of the world. */
  stoppedAtMs = Number.POSITIVE_INFINITY

  constructor(town: Town, host: SimulatedHost, creation: number, options: ResidentOptions) {
    this.host = host
    this.node = options.node ?? `${host.name}@sim`
    this.creation = creation
    this.table = new RouteTable({ node: this.node, creation })
    const route: NodeRoute = {
      ...{ node: this.node, creation, addresses: [], liveness: undefined },
      ...{ version: '1', state: 'up' },
    }
    const { hidden = false, serves = true, secret = `${this.node} ${creation}` } = options
    this.member = new Member({
      self: { node: this.node, hidden, serves, secret, route },
      place: town.path.placeOf(host.life),
      clock: host.life.sideClock,
      random: seededRandom(town.random.below(2 ** 31)),
      key: options.key ?? KEY,
      farKey: KEY,
      times: EMBEDDED_REGISTRAR_DEFAULTS,
      randomBytes: (length) => Uint8Array.from({ length }, () => town.random.below(256)),
      makeFar: undefined,
      tell: (news) => this.#take(town, news),
    })
    this.member.take({ kind: 'begin', known: [], applications: [] })
  }

  /** An application of it runs, with a weight. */
  put(name: string, weight: number): void {
    this.applications.set(name, weight)
    const route: OwnApplicationRoute = {
      ...{ name, weight, state: 'running', mode: 'permanent' },
      ...{ tags: [], version: '', roles: {} },
    }
    this.member.take({ kind: 'application', route })
  }

  remove(name: string): void {
    if (this.applications.delete(name)) this.member.take({ kind: 'application-gone', name })
  }

  /** What it knows of another node is what that one has said. */
  knowsRoutesOf(other: Resident): boolean {
    const known = this.table.applications().filter(({ node }) => node === other.node)
    const isSame = known.every(({ name, weight }) => other.applications.get(name) === weight)
    return isSame && known.length === other.applications.size
  }

  #take(town: Town, news: MemberNews): void {
    this.member.take({ kind: 'taken' })
    if (news.kind === 'joined') {
      this.isJoined = true
      this.server = news.server
      this.#told(town, this.table.replace(snapshotOf(news.entries)))
    } else if (news.kind === 'changed') {
      for (const change of news.changes) this.#told(town, applyChange(this.table, change))
    } else if (news.kind === 'lost') this.isJoined = false
    else if (news.kind === 'counts') this.refusedThere = news.refused
    else if (news.kind === 'refused') this.refused.push(news.code)
  }

  #told(town: Town, events: readonly RegistrarEvent[]): void {
    this.events.push(...events)
    for (const event of events) town.judge(this, event)
  }
}

/** How a node differs from the usual. */
export interface ResidentOptions {
  readonly hidden?: boolean
  readonly serves?: boolean
  readonly secret?: string
  readonly key?: Uint8Array
  readonly creation?: number
  /** It says that it is this one. */
  readonly node?: string
}

/** The machine. */
export class Town {
  readonly clock = virtualClock()
  readonly random: Random
  readonly network: SimulatedNetwork
  readonly path: SimulatedSocketPath
  readonly residents = new Map<string, Resident>()
  readonly wrong: string[] = []
  #births = 1_000

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.network = simulatedNetwork({ clock: this.clock as Clock, random: this.random })
    this.path = new SimulatedSocketPath(this.clock as Clock, this.random)
  }

  start(name: string, options: ResidentOptions = {}): Resident {
    const host = this.network.host(name)
    if (host.power !== 'on') host.restart()
    this.#births += 1
    const resident = new Resident(this, host, options.creation ?? this.#births, options)
    this.residents.set(resident.node, resident)
    return resident
  }

  /** A program that says that it is another node; nobody counts on it. */
  impostor(name: string, node: string, creation: number): Resident {
    const host = this.network.host(name)
    return new Resident(this, host, creation, { node, secret: 'guessed' })
  }

  crash({ node, host }: Resident): void {
    host.crash({ how: 'reset' })
    this.residents.delete(node)
  }

  freeze(resident: Resident): void {
    resident.stoppedAtMs = this.clock.nowMs()
    resident.host.freeze()
  }

  thaw(resident: Resident): void {
    resident.stoppedAtMs = Number.POSITIVE_INFINITY
    resident.host.thaw()
  }

  get running(): readonly Resident[] {
    return [...this.residents.values()].filter(({ host }) => !host.isFrozen)
  }

  get server(): Resident | undefined {
    return this.running.find(({ member }) => member.isServing)
  }

  /** Every node that runs is registered with one server and knows all others that run. */
  get isWhole(): boolean {
    const { running } = this
    const [first] = running
    return running.every(
      (one) =>
        one.isJoined &&
        one.server === first?.server &&
        running.every(({ node }) => node === one.node || one.table.resolve(node)?.state === 'up'),
    )
  }

  /** All that run know of each other what they have said. */
  get areRoutesRight(): boolean {
    return this.running.every((one) =>
      this.running.every((other) => one === other || one.knowsRoutesOf(other)),
    )
  }

  /** Some nodes change what runs on them. */
  stir(): void {
    for (const one of this.running) {
      const name = `app${this.random.below(4)}`
      if (this.random.below(3) === 0) one.remove(name)
      else if (this.random.below(2) === 0) one.put(name, this.random.below(1_000))
    }
  }

  /** Moves time until something holds; gives how long that took, or undefined. */
  async until(holds: () => boolean, limitMs: number): Promise<number | undefined> {
    const fromMs = this.clock.nowMs()
    while (!holds()) {
      if (this.clock.nowMs() - fromMs > limitMs) return undefined
      await this.clock.advance(5)
    }
    return this.clock.nowMs() - fromMs
  }

  /** Nobody may be told that a node has gone that runs, or that one is there twice. */
  judge(teller: Resident, event: RegistrarEvent): void {
    if (event.kind !== 'node-left' || event.cause === 'left') return
    const gone = this.residents.get(event.node)
    if (gone === undefined || gone.creation !== event.creation) return
    // Who was frozen may be told of as lost even a little after it has thawed.
    if (gone.host.isFrozen || this.#hasThawed.has(gone.node)) return
    this.wrong.push(`${teller.node} was told that ${event.node} is lost`)
  }

  readonly #hasThawed = new Set<string>()

  /** Its loss is no wrong word until it is whole again. */
  pardon({ node }: Resident): void {
    this.#hasThawed.add(node)
  }

  forgivenAll(): void {
    this.#hasThawed.clear()
  }
}
