/**
 * faults/breaker: makes the faults of a plan, each for its time, and mends them again.
 *
 * Faults overlap; each is a task of its own that ends with everything as it was. Before each it
 * waits until enough is in flight, and the guard may shorten it or turn it to a worker.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { lineOf } from '#chaos/account/fact-lines'
import type { FaultFact } from '#chaos/account/facts'
import type { Ledger } from '#chaos/client/ledger'
import type { Engine } from '#chaos/etcd/engine'
import type { Cluster } from '#chaos/system/cluster'
import { until, type World } from '#chaos/world/world'
import { type ClusterFault, type Deed, deedFor } from './deeds.js'
import { etcdDeedFor } from './etcd-deeds.js'
import { allowedOfEtcd } from './etcd-guard.js'
import { type EtcdKind, type Fault, isOfEtcd } from './fault.js'
import { type Absences, allowedMs } from './guard.js'
import { memberOf, shuts, victimOf } from './victims.js'

export interface BreakerOptions {
  readonly cluster: Cluster
  /** The etcd that it is on, if it is on one. */
  readonly engine?: Engine | undefined
  readonly ledger: Ledger
  readonly world: World
  /** Path of the list of faults, which is made anew. */
  readonly log: string
  readonly inFlightMin: number
  readonly say: (line: string) => void
}

/** How long a fault waits until enough is in flight. */
const PATIENCE_MS = 15_000

/** How long one is down that is killed in the place of another fault. */
const KILLED_MS = 1_000

/** What is asked while etcd has no majority. */
export type Probe = (stop: AbortSignal) => Promise<void>

type OfEtcd = Fault & { readonly kind: Exclude<EtcdKind, 'etcd-wall'> }

const isForEtcd = (fault: Fault): fault is OfEtcd =>
  isOfEtcd(fault.kind) && fault.kind !== 'etcd-wall'

export class Breaker {
  readonly #options: BreakerOptions
  readonly #log: number
  readonly #faults: FaultFact[] = []
  readonly #failures: string[] = []
  readonly #going = new Set<Promise<void>>()
  /** Until when nodes are away. */
  readonly #away = new Map<string, number>()
  #probe: Probe | undefined

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#log = openSync(options.log, 'w')
  }

  /** The faults that were made. */
  get faults(): readonly FaultFact[] {
    return this.#faults
  }

  /** Faults that could not be made, or not be mended. */
  get failures(): readonly string[] {
    return this.#failures
  }

  get away(): Absences {
    return this.#away
  }

  /** Makes the faults at their times; settles when the last one is mended. */
  async run(plan: readonly Fault[], stop: AbortSignal, probe?: Probe): Promise<void> {
    const { world } = this.#options
    this.#probe = probe
    const startMs = world.nowMs()
    for (const fault of plan) {
      await world.wait(startMs + fault.atMs - world.nowMs(), stop)
      if (stop.aborted) break
      await this.#make(fault, stop)
    }
    await Promise.all(this.#going)
    closeSync(this.#log)
  }

  async #make(fault: Fault, stop: AbortSignal): Promise<void> {
    const { world, ledger, inFlightMin, cluster, engine } = this.#options
    const isOfMember = isForEtcd(fault)
    const [view, chief] = await Promise.all([
      cluster.view(),
      isOfMember ? engine?.leader() : undefined,
    ])
    // The last thing before it: jobs are done while others answer.
    const limits = { limitMs: PATIENCE_MS, everyMs: 20 }
    const isEnough = (): boolean => ledger.inFlight().length > inFlightMin || this.#isUnfed
    await until(world, limits, () => stop.aborted || isEnough())
    if (stop.aborted) return
    const deed = isOfMember
      ? (this.#deedOfEtcd(fault, chief) ?? this.#deedInstead(fault))
      : this.#deedFor(fault as ClusterFault, view?.leader)
    if (deed === undefined) return
    this.#write(deed)
    const going = this.#stand(deed, stop).finally(() => this.#going.delete(going))
    this.#going.add(going)
  }

  /** Without its majority etcd takes no job, and nothing can be waited for. */
  get #isUnfed(): boolean {
    return this.#options.engine?.hasMajority === false
  }

  /** Somebody else is met when the one who is meant is gone; a kill always finds someone. */
  #deedFor(fault: ClusterFault, leader: string | undefined): Deed | undefined {
    const allowed = this.#allowed(fault, leader)
    const deed = deedFor(allowed.fault, allowed.node, this.#options)
    return deed ?? this.#deedInstead(fault)
  }

  #deedOfEtcd(fault: OfEtcd, leader: string | undefined): Deed | undefined {
    const { engine, world } = this.#options
    if (engine === undefined) return undefined
    const member = memberOf(fault, engine, leader)
    const scene = { member, names: engine.names, nowMs: world.nowMs() }
    const lastsMs = allowedOfEtcd(this.#away, fault, scene)
    if (lastsMs === undefined) return undefined
    const probe = this.#probe === undefined ? {} : { probe: this.#probe }
    const parts = { ...this.#options, engine, ...probe }
    return etcdDeedFor({ ...fault, lastsMs }, { member, leader }, parts)
  }

  /** Somebody is killed in the place of what cannot be done now. */
  #deedInstead(fault: Fault): Deed | undefined {
    const { cluster } = this.#options
    const lastsMs = Math.min(fault.lastsMs, KILLED_MS)
    const kill = { ...fault, kind: 'kill', victim: 'worker', lastsMs } as const
    for (const node of cluster.workers) {
      const other = deedFor(kill, node, this.#options)
      if (other !== undefined) return other
    }
    return undefined
  }

  /** The fault as the guard lets it be, and the node it meets. */
  #allowed(fault: ClusterFault, leader: string | undefined) {
    const { cluster, world } = this.#options
    const node = victimOf(fault, cluster, leader)
    const isCoordinator = cluster.coordinators.includes(node)
    if (!isCoordinator || !shuts(fault.kind)) return { fault, node }
    const nowMs = world.nowMs()
    const lastsMs = allowedMs(this.#coordinatorsAway(), { node, nowMs, lastsMs: fault.lastsMs })
    if (lastsMs > 0 || fault.lastsMs === 0) return { fault: { ...fault, lastsMs }, node }
    const kind = fault.kind === 'registrar' ? 'kill' : fault.kind
    const turned: ClusterFault = { ...fault, kind }
    const worker = { ...turned, victim: 'worker' as const }
    return { fault: worker, node: victimOf(worker, cluster, leader) }
  }

  #coordinatorsAway(): Absences {
    const { coordinators } = this.#options.cluster
    return new Map([...this.#away].filter(([node]) => coordinators.includes(node)))
  }

  #write({ name, target, lastsMs }: Deed): void {
    const { world, ledger, say } = this.#options
    const inFlight = ledger.inFlight().length
    const unfed = this.#isUnfed ? { isUnfed: true as const } : {}
    const fact = { at: world.wallMs(), fault: name, target, inFlight, lastsMs, ...unfed }
    this.#faults.push(fact)
    writeSync(this.#log, lineOf(fact))
    const lasts = lastsMs > 0 ? ` for ${(lastsMs / 1_000).toFixed(1)} s` : ''
    say(`fault ${this.#faults.length}: ${name} ${target}${lasts}, ${inFlight} in flight`)
  }

  async #stand(deed: Deed, stop: AbortSignal): Promise<void> {
    const { world } = this.#options
    for (const node of deed.away) this.#away.set(node, Number.POSITIVE_INFINITY)
    if (deed.untilMs !== undefined) {
      for (const node of deed.away) this.#away.set(node, deed.untilMs)
    }
    try {
      await deed.run(stop)
    } catch (problem) {
      this.#failures.push(`${deed.name} ${deed.target} failed: ${String(problem)}`)
    } finally {
      for (const node of deed.away) this.#away.set(node, world.nowMs() + deed.recoveryMs)
    }
  }
}
