/**
 * runtime/far-births: processes that another node asked for, until that node has taken them over.
 *
 * The link to the far parent is there before `init` runs; its other half, and a monitor, can only
 * be made once the parent knows the pid. Meanwhile the end of the child is remembered here, so that
 * the parent is told once, and why. A child that is never taken over ends: nobody knows of it.
 *
 * Limit: `UNSETTLED_MAX` such children for each other node; each has `SETTLE_MS` to be taken over.
 *
 * @source OTP spawn_request/5; ergo-features 23
 */
import {
  behaviourOf,
  type ExitReason,
  type FarSpawn,
  type Pid,
  PROCESS_DEFAULTS,
  TroupeError,
} from '#contract'
import type { Births, SpawnRequest } from './birth.js'
import { type Lineage, withEnv } from './lineage.js'
import { extend } from './mailbox.js'
import { DEAD, type Home, type Process, STARTING } from './process.js'
import type { Relations } from './relations.js'
import type { Table } from './table.js'
import type { Timers } from './timers.js'
import type { Tracing } from './tracing.js'

const UNSETTLED_MAX = 10_000
/** From the end of `init` to the word of the node that asked. */
const SETTLE_MS = 60_000
/** The longest `init` of a process that another node asked for. */
const INIT_MS_MAX = 15_000

/** One child that its node has not taken over. */
interface Unsettled {
  readonly process: Process
  /** Set when it has ended. */
  reason: ExitReason | undefined
  /** Ends the wait for the node. */
  stopWaiting: () => void
}

/** What far births ask of the rest of the node. */
export interface FarBirthParts {
  readonly home: Home & { readonly tracing: Tracing | undefined }
  readonly births: Births
  readonly relations: Relations
  readonly table: Table
  readonly timers: Timers
  rootLineage(): Lineage
}

export class FarBirths {
  readonly #parts: FarBirthParts
  /** By node, then by the id of the process. */
  readonly #unsettled = new Map<string, Map<number, Unsettled>>()

  constructor(parts: FarBirthParts) {
    this.#parts = parts
  }

  /** Makes a process for another node, or for this one; settles when its `init` is done. */
  async spawn(asked: FarSpawn): Promise<Pid> {
    const { tracing } = this.#parts.home
    if (tracing === undefined) return this.#spawn(asked)
    const { name } = asked.definition[behaviourOf]
    return tracing.within(tracing.running, () =>
      tracing.spawning(undefined, name, () => this.#spawn(asked)),
    )
  }

  async #spawn(asked: FarSpawn): Promise<Pid> {
    const { births, home, table } = this.#parts
    const options = optionsOf(asked)
    if (asked.node === home.name) {
      const parent = asked.parent === undefined ? undefined : table.find(asked.parent)
      const { link, monitor } = asked
      const inherited = births.lineageFor(parent)
      const lineage = { ...inherited, env: withEnv(inherited.env, asked.env) }
      return births.spawn(parent, asked.definition, { ...options, link, monitor }, lineage)
    }
    return this.#spawnFar(asked, options)
  }

  async #spawnFar(asked: FarSpawn, options: SpawnRequest): Promise<Pid> {
    const { births } = this.#parts
    if ((this.#unsettled.get(asked.node)?.size ?? 0) >= UNSETTLED_MAX) {
      throw tooMany(`${UNSETTLED_MAX} spawns of ${asked.node} wait to be taken over`)
    }
    let unsettled: Unsettled | undefined
    const relate = (process: Process): TroupeError | undefined => {
      const { node, parent, link } = asked
      if (link && parent !== undefined && !this.#parts.relations.linkedFromAfar(parent, process)) {
        return tooMany(`there are too many links with ${node}`)
      }
      unsettled = this.#watch(node, process)
      return undefined
    }
    try {
      const lineage = this.#lineageFor(asked)
      await births.spawn(undefined, asked.definition, options, lineage, relate)
    } catch (thrown) {
      if (unsettled !== undefined) this.#forget(asked.node, unsettled)
      throw thrown
    }
    const born = unsettled as unknown as Unsettled
    this.#wait(asked.node, born)
    return born.process
  }

  /** The node that asked has taken a process over, or does not want it any more. */
  settle(node: string, pid: Pid, keep: boolean): void {
    const unsettled = this.#unsettled.get(node)?.get(pid.id)
    if (unsettled === undefined || (unsettled.process.flags & STARTING) !== 0) return
    this.#forget(node, unsettled)
    if (!keep) this.#end(unsettled.process, 'shutdown')
  }

  /** A node is lost: what it has not taken over ends. */
  lost(node: string): void {
    const own = this.#unsettled.get(node)
    for (const unsettled of [...(own?.values() ?? [])]) {
      this.#forget(node, unsettled)
      this.#end(unsettled.process, 'no-connection')
    }
  }

  /** Why a process ended that its node has not taken over; undefined for all others. */
  endOf(node: string, pid: Pid): ExitReason | undefined {
    return this.#unsettled.get(node)?.get(pid.id)?.reason
  }

  #lineageFor({ parent, application, env }: FarSpawn): Lineage {
    const root = this.#parts.rootLineage()
    return { ...root, parent, leader: parent, application, env: withEnv(root.env, env) }
  }

  /** Keeps an eye on the end of a process from before its `init`. */
  #watch(node: string, process: Process): Unsettled {
    const unsettled: Unsettled = { process, reason: undefined, stopWaiting: () => {} }
    const own = this.#unsettled.get(node) ?? new Map<number, Unsettled>()
    this.#unsettled.set(node, own)
    own.set(process.id, unsettled)
    const extension = extend(process)
    extension.endWaiters ??= []
    extension.endWaiters.push((reason) => {
      unsettled.reason = reason
    })
    return unsettled
  }

  #wait(node: string, unsettled: Unsettled): void {
    const { timers } = this.#parts
    const wait = timers.after(SETTLE_MS, () => this.settle(node, unsettled.process, false))
    unsettled.stopWaiting = () => void timers.cancel(wait)
  }

  #end(process: Process, reason: ExitReason): void {
    if ((process.flags & DEAD) !== 0) return
    const node = { kind: 'node' as const, node: this.#parts.home.name }
    this.#parts.relations.exit(process, node, reason, 'stop')
  }

  #forget(node: string, unsettled: Unsettled): void {
    unsettled.stopWaiting()
    const own = this.#unsettled.get(node)
    own?.delete(unsettled.process.id)
    if (own?.size === 0) this.#unsettled.delete(node)
  }
}

const tooMany = (problem: string): TroupeError =>
  new TroupeError('NOT_ALLOWED', { operation: 'spawn', problem })

function optionsOf({ definition, name, trapExit, args, logLevel }: FarSpawn): SpawnRequest {
  const own = definition[behaviourOf].options.initTimeoutMs ?? PROCESS_DEFAULTS.initTimeoutMs
  return {
    initTimeoutMs: Math.min(own, INIT_MS_MAX),
    ...(name === undefined ? {} : { name }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(trapExit === undefined ? {} : { trapExit }),
    ...(args === undefined ? {} : { args }),
  }
}
