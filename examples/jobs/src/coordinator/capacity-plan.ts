/**
 * coordinator/capacity-plan: on how many nodes workers run. Pure.
 *
 * One change at a time: what was begun answers before the next begins. More when jobs have waited
 * for a while, fewer when a worker has had nothing to do for longer than that.
 */

/** Times are milliseconds. */
export interface CapacityPolicy {
  readonly workersMin: number
  readonly workersMax: number
  /** More is to do than all workers can for so long: one more is started. */
  readonly longMs: number
  /** A worker has had nothing for so long: it is stopped, down to `workersMin`. */
  readonly idleMs: number
  /** The pause after a start or a stop has failed. */
  readonly failedMs: number
}

export const CAPACITY_DEFAULTS: CapacityPolicy = Object.freeze({
  workersMin: 3,
  workersMax: 6,
  longMs: 3_000,
  idleMs: 20_000,
  failedMs: 3_000,
})

/** A node that can be reached. */
export interface CapacityNode {
  readonly node: string
  readonly state: 'bare' | 'starting' | 'running' | 'retiring' | 'draining' | 'stopping'
  readonly held: number
}

export interface CapacityLook {
  readonly nowMs: number
  readonly nodes: readonly CapacityNode[]
  /** Jobs that could be handed out, and tries that all workers could have. */
  readonly due: number
  readonly capacity: number
}

export type CapacityStep = {
  /** `retire`: give it nothing more; `stop`: it has nothing left. */
  readonly kind: 'start' | 'retire' | 'stop'
  readonly node: string
}

export class CapacityPlan {
  #policy: CapacityPolicy
  #longSinceMs: number | undefined
  readonly #idleSinceMs = new Map<string, number>()
  readonly #failedMs = new Map<string, number>()

  constructor(policy: Partial<CapacityPolicy> = {}) {
    this.#policy = { ...CAPACITY_DEFAULTS, ...policy }
  }

  get policy(): CapacityPolicy {
    return this.#policy
  }

  change(policy: Partial<CapacityPolicy>): void {
    this.#policy = { ...this.#policy, ...policy }
  }

  /** A step could not be done; that node is left alone for a while. */
  failed(node: string, nowMs: number): void {
    this.#failedMs.set(node, nowMs)
  }

  /** The next step, unless one is being done. */
  next(look: CapacityLook): CapacityStep | undefined {
    this.#watch(look)
    const able = look.nodes.filter(({ node }) => !this.#isResting(node, look.nowMs))
    const running = look.nodes.filter(({ state }) => state === 'running' || state === 'starting')
    const emptied = able.find(({ state, held }) => state === 'retiring' && held === 0)
    if (emptied !== undefined) return { kind: 'stop', node: emptied.node }
    if (look.nodes.some(({ state }) => state === 'starting' || state === 'stopping'))
      return undefined
    if (this.#isMoreWanted(running.length, look.nowMs)) {
      const bare = able.find(({ state }) => state === 'bare')
      if (bare !== undefined) this.#longSinceMs = undefined
      return bare === undefined ? undefined : { kind: 'start', node: bare.node }
    }
    return this.#retirement(running, look.nowMs)
  }

  #isMoreWanted(running: number, nowMs: number): boolean {
    const { workersMin, workersMax, longMs } = this.#policy
    if (running < workersMin) return true
    const isLong = this.#longSinceMs !== undefined && nowMs - this.#longSinceMs >= longMs
    return isLong && running < workersMax
  }

  #retirement(running: readonly CapacityNode[], nowMs: number): CapacityStep | undefined {
    const { workersMin, workersMax, idleMs } = this.#policy
    const last = running.at(-1)
    if (running.length > Math.max(workersMin, workersMax) && last !== undefined)
      return { kind: 'retire', node: last.node }
    if (running.length <= workersMin) return undefined
    const idle = running.findLast(({ node }) => {
      const sinceMs = this.#idleSinceMs.get(node)
      return sinceMs !== undefined && nowMs - sinceMs >= idleMs
    })
    return idle === undefined ? undefined : { kind: 'retire', node: idle.node }
  }

  #watch({ nowMs, nodes, due, capacity }: CapacityLook): void {
    if (due <= capacity) this.#longSinceMs = undefined
    else this.#longSinceMs ??= nowMs
    const present = new Set(nodes.map(({ node }) => node))
    for (const map of [this.#idleSinceMs, this.#failedMs]) {
      for (const node of map.keys()) if (!present.has(node)) map.delete(node)
    }
    for (const { node, state, held } of nodes) {
      const isIdle = state === 'running' && held === 0 && due === 0
      if (!isIdle) this.#idleSinceMs.delete(node)
      else if (!this.#idleSinceMs.has(node)) this.#idleSinceMs.set(node, nowMs)
    }
  }

  #isResting(node: string, nowMs: number): boolean {
    const sinceMs = this.#failedMs.get(node)
    return sinceMs !== undefined && nowMs - sinceMs < this.#policy.failedMs
  }
}
