/**
 * cluster/routing/choice-set: nodes of one rank that may be chosen, and the choice by a policy.
 *
 * Knows weights, open requests and names; that some may not be picked now is told by a mask.
 */
import type { Random } from '#base/random'
import {
  type ApplicationRoute,
  type Candidate,
  type ProcessName,
  processName,
  type Routed,
  type RoutingPolicy,
  requireOption,
} from '#contract'
import { leastPending } from './least-pending.js'
import type { NodeRecord } from './node-record.js'
import { randomPick } from './random-pick.js'
import { hashOf, Rendezvous } from './rendezvous.js'
import { type Mask, SmoothWheel, totalOf } from './smooth-wheel.js'

/** One node that may be chosen. */
export class Choice implements Candidate {
  readonly route: ApplicationRoute
  readonly process: string
  readonly local: boolean
  readonly to: ProcessName
  readonly record: NodeRecord

  constructor(route: ApplicationRoute, process: string, local: boolean, record: NodeRecord) {
    this.route = route
    this.process = process
    this.local = local
    this.record = record
    this.to = processName(process, undefined, local ? undefined : route.node)
  }

  get pending(): number {
    return this.record.pending
  }
}

/** Nodes of one rank, with what the policies need of them. */
export class ChoiceSet {
  readonly choices: readonly Choice[]
  /** For whoever picks: 0 at the place of those that may not be. */
  readonly mask: Uint8Array
  readonly #records: readonly NodeRecord[]
  readonly #weights: Float64Array
  readonly #random: Random
  readonly #wheel: SmoothWheel
  readonly #local: number
  #rendezvous: Rendezvous | undefined

  /** `before` is what the nodes had gained when they were chosen among last. */
  constructor(choices: readonly Choice[], random: Random, before: ReadonlyMap<string, number>) {
    this.choices = choices
    this.mask = new Uint8Array(choices.length)
    this.#random = random
    this.#records = choices.map(({ record }) => record)
    this.#weights = Float64Array.from(choices, ({ route }) => route.weight)
    const gained = Float64Array.from(choices, ({ route }) => before.get(route.node) ?? 0)
    this.#wheel = new SmoothWheel(this.#weights, before.size === 0 ? this.#begun() : gained)
    this.#local = choices.findIndex(({ local }) => local)
  }

  /** What each node has gained, by its name. */
  get gained(): readonly (readonly [string, number])[] {
    return this.choices.map(({ route }, at) => [route.node, this.#wheel.gainedBy(at)] as const)
  }

  /** One of them; undefined when none may be picked. */
  pick(policy: RoutingPolicy, routed: Routed, mask?: Mask): Choice | undefined {
    const at = this.#place(policy, routed, mask)
    return at < 0 ? undefined : this.choices[at]
  }

  #place(policy: RoutingPolicy, routed: Routed, mask: Mask): number {
    switch (policy) {
      case 'weighted':
        return this.#wheel.next(mask)
      case 'least-pending':
        return leastPending(this.#weights, this.#records, this.#random, mask)
      case 'random':
        return randomPick(this.#weights, this.#random, mask)
      case 'local-first': {
        const isFree = this.#local >= 0 && (mask === undefined || mask[this.#local] !== 0)
        return isFree ? this.#local : this.#wheel.next(mask)
      }
      default:
        return policy.kind === 'hash'
          ? this.#hashed(policy.key(routed), mask)
          : this.#own(policy.choose, routed, mask)
    }
  }

  #hashed(key: string | number, mask: Mask): number {
    this.#rendezvous ??= new Rendezvous(
      this.choices.map(({ route }) => route.node),
      this.#weights,
    )
    return this.#rendezvous.pick(hashOf(String(key)), mask)
  }

  #own(
    choose: (candidates: readonly Candidate[], routed: Routed) => number,
    routed: Routed,
    mask: Mask,
  ): number {
    const free = mask === undefined ? this.choices : this.choices.filter((_, at) => mask[at] !== 0)
    if (free.length === 0) return -1
    const at = choose(free, routed)
    const chosen = free[at]
    const remedy = `give the index of one of the ${free.length} candidates`
    requireOption(chosen !== undefined, 'policy.choose', at, remedy)
    return this.choices.indexOf(chosen as Choice)
  }

  /** Of many that begin at one moment each begins elsewhere: one turn is moved, none is added. */
  #begun(): Float64Array {
    const weights = this.#weights
    const first = randomPick(weights, this.#random)
    const total = totalOf(weights, undefined)
    return weights.map((_, at) => (at === first ? total : 0))
  }
}
