/**
 * testing/simulation/cluster: real nodes on simulated hosts, in one program and in virtual time.
 *
 * Everything a test can do to a cluster is a verb here or on its network. Wholly deterministic:
 * all chance comes from the seed, all time from the clock, so that a seed replays exactly.
 *
 * @source design 9; FoundationDB "simulation"
 */
import { type Random, seededRandom } from '#base/random'
import type { NetworkOptions, Node, Registrar, SideThread, SystemOptions } from '#contract'
import { type WatchFloating, watchFloating } from '#runtime/floating'
import { type VirtualClock, virtualClock } from '#testing/virtual-clock'
import { nodeOn, startMember } from './cluster-member.js'
import type { CrashOptions, SimulatedHost } from './host.js'
import type { LinkSettings } from './link.js'
import { type SimulatedNetwork, simulatedNetwork } from './network.js'
import { simulatedSide } from './side.js'
import { SimulatedSocketPath } from './socket-place.js'

const DAY_MS = 86_400_000
/** What side threads do by chance changes no story of the others. */
const SIDE_SEED = 40_499
const YEAR_2025_MS = Date.UTC(2025, 0, 1)
/** Clusters made in this program: the later one lives later, as births of nodes are remembered. */
let clusters = 0

/** How a simulated cluster is made. */
export interface SimulatedClusterOptions {
  /** All chance of the cluster comes from it: the same seed is the same story. */
  readonly seed: number
  /** Names of hosts; the node of `n1` is `n1@sim`. */
  readonly hosts: readonly string[]
  /** Which others each host knows; default all, or none where there is a registrar. */
  readonly known?: Readonly<Record<string, readonly string[]>>
  /**
   * The registrar of each life of a node; default none. A crash is told to one in memory by whoever
   * lets the host crash; embedded ones take all hosts for programs of one machine.
   */
  readonly registrar?: (host: string) => Registrar
  /** Names of nodes that are not called after their host, as two that claim one name. */
  readonly names?: Readonly<Record<string, string>>
  /** For each node; its cookie, its acceptors and whom it knows are given. */
  readonly network?: NetworkOptions
  /** What each node shows to others, and what it lets them do; default as of a node. */
  readonly system?: (host: string) => SystemOptions
  /** What every way begins with. */
  readonly link?: Partial<LinkSettings>
  /** Open events that each node has from its start. */
  readonly events?: readonly { readonly name: string; readonly buffer: number }[]
  /** Lines of the transcript that are kept; default 5,000. */
  readonly transcriptMax?: number
  /** Is told of each life of a node, and gives it its processes. */
  readonly started?: (member: ClusterMember) => void | Promise<void>
}

/**
 * Makes a cluster of real nodes whose hosts, lines and time are simulated; `start` starts it.
 *
 * @example const cluster = simulatedCluster({ seed: 7, hosts: ['n1', 'n2', 'n3'] })
 * @source design 9
 */
export function simulatedCluster(options: SimulatedClusterOptions): SimulatedCluster {
  return new SimulatedCluster(options)
}

/** One life of one node. */
export class ClusterMember {
  readonly host: SimulatedHost
  readonly node: Node
  /** Counts from 1. */
  readonly life: number
  /** False once its host has crashed. */
  isAlive = true

  constructor(host: SimulatedHost, node: Node) {
    this.host = host
    this.node = node
    this.life = host.life.number
  }

  /** For transcripts: host and life. */
  get key(): string {
    return `${this.host.name}.${this.life}`
  }

  /** True while its program can do something. */
  get isRunning(): boolean {
    return this.isAlive && !this.host.isFrozen && !this.host.isBlocked
  }
}

export class SimulatedCluster {
  readonly clock: VirtualClock
  readonly random: Random
  readonly #sideRandom: Random
  readonly #path: SimulatedSocketPath
  readonly network: SimulatedNetwork
  readonly hosts: readonly string[]
  readonly #options: SimulatedClusterOptions
  readonly #members = new Map<string, ClusterMember>()
  readonly #lives: ClusterMember[] = []
  readonly #watches = new Set<() => void>()

  constructor(options: SimulatedClusterOptions) {
    clusters += 1
    this.#options = options
    this.hosts = options.hosts
    this.clock = virtualClock({ startWallMs: YEAR_2025_MS + clusters * DAY_MS })
    this.random = seededRandom(options.seed)
    this.#sideRandom = seededRandom(options.seed + SIDE_SEED)
    this.#path = new SimulatedSocketPath(this.clock, this.#sideRandom)
    this.network = simulatedNetwork({
      ...{ clock: this.clock, random: this.random },
      ...(options.link === undefined ? {} : { link: options.link }),
      transcriptMax: options.transcriptMax ?? 5_000,
    })
  }

  /** All lives so far, the ended ones too. */
  get lives(): readonly ClusterMember[] {
    return this.#lives
  }

  /** Nodes that have not crashed, in the order of their hosts. */
  get members(): readonly ClusterMember[] {
    return this.hosts.flatMap((host) => this.member(host) ?? [])
  }

  /** The node of a host, unless it has crashed. */
  member(host: string): ClusterMember | undefined {
    const member = this.#members.get(host)
    return member?.isAlive ? member : undefined
  }

  /** Whom a host knows. */
  knownTo(host: string): readonly string[] {
    const { known, registrar } = this.#options
    const others = registrar === undefined ? this.hosts.filter((other) => other !== host) : []
    return known?.[host] ?? others
  }

  /** Starts the nodes of all hosts. */
  async start(): Promise<void> {
    for (const name of this.hosts) await this.clock.until(this.#begin(name))
  }

  /** The program of a host dies at this instant. */
  crash(host: string, options: CrashOptions = {}): void {
    const member = this.member(host)
    if (member === undefined) return
    member.isAlive = false
    this.network.host(host).crash(options)
  }

  /** The next life of a crashed node begins; it can be used once `started` is told. */
  restart(host: string): void {
    if (this.member(host) !== undefined) return
    this.network.host(host).restart()
    void this.#begin(host)
  }

  /** Ends all nodes, so that nothing of them is kept. */
  async stop(): Promise<void> {
    for (const { node, isAlive } of this.#lives) if (!isAlive) void node.network.stop()
    const stopping = this.members.map(({ node }) => node.stop({ timeoutMs: 1_000 }))
    await this.clock.until(Promise.all(stopping), { limitMs: 60_000 })
    for (const unwatch of this.#watches) unwatch()
  }

  /** A node that has crashed cannot end its watch itself, and would be kept for ever. */
  readonly #watchFloating: WatchFloating = (listener) => {
    const unwatch = watchFloating(listener)
    this.#watches.add(unwatch)
    return unwatch
  }

  /** The thread of the life that a host is in now. */
  #side(host: SimulatedHost): SideThread {
    const { clock } = this
    return simulatedSide({ life: host.life, path: this.#path, clock, random: this.#sideRandom })
  }

  async #begin(name: string): Promise<void> {
    const host = this.network.host(name)
    const { network = {}, events = [], started, registrar, names, system } = this.#options
    const node = await startMember({
      ...{ host, random: this.random, network, events, known: this.knownTo(name) },
      registrar: registrar?.(name),
      system: system?.(name),
      side: () => this.#side(host),
      name: names?.[name] ?? nodeOn(name),
      log: (message) => this.network.note('log', nodeOn(name), message),
      watchFloating: this.#watchFloating,
    })
    const member = new ClusterMember(host, node)
    this.#members.set(name, member)
    this.#lives.push(member)
    await started?.(member)
  }
}
