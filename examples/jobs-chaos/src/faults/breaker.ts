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
import type { Cluster } from '#chaos/system/cluster'
import { until, type World } from '#chaos/world/world'
import { type Deed, deedFor } from './deeds.js'
import type { Fault } from './fault.js'
import { type Absences, allowedMs } from './guard.js'
import { shuts, victimOf } from './victims.js'

export interface BreakerOptions {
  readonly cluster: Cluster
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

export class Breaker {
  readonly #options: BreakerOptions
  readonly #log: number
  readonly #faults: FaultFact[] = []
  readonly #going = new Set<Promise<void>>()
  /** Until when nodes are away. */
  readonly #away = new Map<string, number>()

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#log = openSync(options.log, 'w')
  }

  /** The faults that were made. */
  get faults(): readonly FaultFact[] {
    return this.#faults
  }

  get away(): Absences {
    return this.#away
  }

  /** Makes the faults at their times; settles when the last one is mended. */
  async run(plan: readonly Fault[], stop: AbortSignal): Promise<void> {
    const { world } = this.#options
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
    const { world, ledger, inFlightMin, cluster } = this.#options
    const view = await cluster.view()
    // The last thing before it: jobs are done while others answer.
    const limits = { limitMs: PATIENCE_MS, everyMs: 20 }
    await until(world, limits, () => stop.aborted || ledger.inFlight().length > inFlightMin)
    if (stop.aborted) return
    const deed = this.#deedFor(fault, view?.leader)
    if (deed === undefined) return
    this.#write(deed)
    const going = this.#stand(deed, stop).finally(() => this.#going.delete(going))
    this.#going.add(going)
  }

  /** Somebody else is met when the one who is meant is gone; a kill always finds someone. */
  #deedFor(fault: Fault, leader: string | undefined): Deed | undefined {
    const { cluster } = this.#options
    const allowed = this.#allowed(fault, leader)
    const deed = deedFor(allowed.fault, allowed.node, this.#options)
    if (deed !== undefined) return deed
    const lastsMs = Math.min(fault.lastsMs, KILLED_MS)
    const kill = { ...fault, kind: 'kill', victim: 'worker', lastsMs } as const
    for (const node of cluster.workers) {
      const other = deedFor(kill, node, this.#options)
      if (other !== undefined) return other
    }
    return undefined
  }

  /** The fault as the guard lets it be, and the node it meets. */
  #allowed(fault: Fault, leader: string | undefined) {
    const { cluster, world } = this.#options
    const node = victimOf(fault, cluster, leader)
    const isCoordinator = cluster.coordinators.includes(node)
    if (!isCoordinator || !shuts(fault.kind)) return { fault, node }
    const nowMs = world.nowMs()
    const lastsMs = allowedMs(this.#coordinatorsAway(), { node, nowMs, lastsMs: fault.lastsMs })
    if (lastsMs > 0 || fault.lastsMs === 0) return { fault: { ...fault, lastsMs }, node }
    const turned: Fault = { ...fault, kind: fault.kind === 'registrar' ? 'kill' : fault.kind }
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
    const fact = { at: world.wallMs(), fault: name, target, inFlight, lastsMs }
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
    } finally {
      for (const node of deed.away) this.#away.set(node, world.nowMs() + deed.recoveryMs)
    }
  }
}
