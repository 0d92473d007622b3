/**
 * coordinator/workforce: the nodes that work, as the leader sees, starts and stops them.
 */
import type { CapacityNode, CapacityPlan, CapacityStep } from './capacity-plan.js'
import type { WorkerView } from './coordinator-protocol.js'
import type { ReignWorld, WorkerPlace } from './reign-world.js'
import type { Schedule } from './schedule.js'

export interface WorkforceParts {
  readonly world: ReignWorld
  readonly schedule: Schedule
  readonly plan: CapacityPlan
  readonly act: () => void
}

export class Workforce {
  readonly #parts: WorkforceParts
  #places = new Map<string, WorkerPlace>()
  /** The change that has not answered yet. */
  #underway: CapacityStep | undefined
  #isOver = false

  constructor(parts: WorkforceParts) {
    this.#parts = parts
    this.#look()
  }

  /** All nodes that may have a try. */
  get nodes(): ReadonlySet<string> {
    const hands = [...this.#parts.schedule.crew.hands].map(({ node }) => node)
    return new Set([...this.#places.keys(), ...hands])
  }

  end(): void {
    this.#isOver = true
  }

  /** Time has passed. */
  tick(): void {
    this.#look()
    if (this.#underway !== undefined) return
    const { plan, schedule, world } = this.#parts
    const step = plan.next({
      nowMs: world.nowMs(),
      nodes: this.#capacityNodes(),
      due: schedule.dueCount(),
      capacity: schedule.crew.capacity(),
    })
    if (step !== undefined) this.#take(step)
  }

  views(): readonly WorkerView[] {
    return [...this.nodes].sort().map((node) => this.#view(node))
  }

  /** False: nobody knows this node. */
  async drain(node: string, deadlineMs: number): Promise<boolean> {
    const { world, schedule } = this.#parts
    const hand = schedule.crew.get(node)
    if (hand === undefined) return false
    await world.drain(node, deadlineMs)
    hand.draining = true
    return true
  }

  async weigh(node: string, weight: number): Promise<boolean> {
    const { world, schedule } = this.#parts
    if (schedule.crew.get(node) === undefined) return false
    await world.weigh(node, weight)
    return true
  }

  /** What the registrar says of workers: their weights, and who has come or gone. */
  #look(): void {
    const { world, schedule } = this.#parts
    const before = this.#places
    this.#places = new Map(world.places().map((place) => [place.node, place]))
    for (const place of this.#places.values()) {
      const hand = schedule.crew.get(place.node)
      const isReachable = place.reach === 'well' && place.state === 'running'
      if (hand !== undefined) hand.weight = isReachable ? place.weight : 0
      else if (isReachable) schedule.probe(place.node)
      const wasAway = before.get(place.node)?.reach === 'away'
      if (place.reach === 'away' && !wasAway) schedule.lost(place.node)
    }
    for (const node of before.keys()) if (!this.#places.has(node)) schedule.lost(node)
  }

  #capacityNodes(): readonly CapacityNode[] {
    const { crew } = this.#parts.schedule
    return [...this.#places.values()]
      .filter(({ reach }) => reach === 'well')
      .map(({ node }) => ({ node, state: this.#stateOf(node), held: crew.heldBy(node) }))
      .sort((one, other) => (one.node < other.node ? -1 : 1))
  }

  #stateOf(node: string): CapacityNode['state'] {
    const place = this.#places.get(node)
    const hand = this.#parts.schedule.crew.get(node)
    const underway = this.#underway?.node === node ? this.#underway.kind : undefined
    if (underway === 'start') return 'starting'
    if (underway === 'stop') return 'stopping'
    if (place === undefined || place.state === 'loaded') return 'bare'
    if (place.state !== 'running') return place.state
    if (hand?.draining === true) return 'draining'
    return hand?.retiring === true ? 'retiring' : 'running'
  }

  #view(node: string): WorkerView {
    const { crew } = this.#parts.schedule
    const place = this.#places.get(node)
    const hand = crew.get(node)
    const state = this.#stateOf(node)
    const isAway = place === undefined || place.reach === 'away' || place.reach === 'doubtful'
    return {
      node,
      state: isAway ? 'away' : state === 'retiring' ? 'draining' : state,
      weight: place?.weight ?? 0,
      version: place?.version ?? '',
      capacity: hand?.capacity ?? 0,
      running: crew.heldBy(node),
      done: hand?.done ?? 0,
      failed: hand?.failed ?? 0,
    }
  }

  #take(step: CapacityStep): void {
    const { world, schedule, act } = this.#parts
    if (step.kind === 'retire') {
      const hand = schedule.crew.get(step.node)
      if (hand !== undefined) hand.retiring = true
      return
    }
    this.#underway = step
    const { kind, node } = step
    world.log.info(`the worker of a node is to ${kind}`, { node })
    const done = kind === 'start' ? world.start(node) : world.stop(node)
    void done
      .then(
        () => this.#settled(step, undefined),
        (problem: unknown) => this.#settled(step, problem),
      )
      .then(act)
  }

  #settled({ kind, node }: CapacityStep, problem: unknown): void {
    if (this.#isOver) return
    const { world, schedule, plan } = this.#parts
    this.#underway = undefined
    if (problem !== undefined) {
      plan.failed(node, world.nowMs())
      world.log.warning(`the worker of a node did not ${kind}`, { node, problem: String(problem) })
    } else if (kind === 'start') schedule.probe(node)
    const hand = schedule.crew.get(node)
    if (hand !== undefined) hand.retiring = false
  }
}
