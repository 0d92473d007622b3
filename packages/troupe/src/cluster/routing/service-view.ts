/**
 * cluster/routing/service-view: one use of a service: its filters, its policy, its choice.
 *
 * Nodes that are well come first; suspect ones, and this node while it goes, are asked when no
 * other can be. Made anew when a route has changed, so that a choice looks at nothing but weights.
 */
import type { Random } from '#base/random'
import type {
  ApplicationRoute,
  Routed,
  RouteFailure,
  RoutingPolicy,
  ServiceOptions,
} from '#contract'
import { Choice, ChoiceSet } from './choice-set.js'
import type { NodeRecord } from './node-record.js'
import { isChoosable, processOf } from './route-choice.js'

/** How much a node is to be chosen: `never`, after all others, or in its turn. */
export type Rank = 'never' | 'last' | 'first'

/** What a view asks for when routes have changed. */
export interface ViewVerbs {
  readonly own: string
  readonly random: Random
  routes(): readonly ApplicationRoute[]
  rank(route: ApplicationRoute): Rank
  record(node: string): NodeRecord
  /** A function of a user has thrown. */
  faulty(option: string, thrown: unknown): void
}

export class ServiceView {
  readonly options: ServiceOptions
  readonly policy: RoutingPolicy
  readonly #verbs: ViewVerbs
  /** The state of the routes that the choices were made from. */
  #epoch = -1
  #first: ChoiceSet
  #last: ChoiceSet

  constructor(options: ServiceOptions, verbs: ViewVerbs) {
    this.options = options
    this.policy = options.policy ?? 'weighted'
    this.#verbs = verbs
    this.#first = new ChoiceSet([], verbs.random, new Map())
    this.#last = this.#first
  }

  /** Somebody for a message. */
  choose(routed: Routed, epoch: number): Choice | RouteFailure {
    if (epoch !== this.#epoch) this.#renew(epoch)
    const { policy } = this
    return this.#first.pick(policy, routed) ?? this.#last.pick(policy, routed) ?? 'NO_ROUTE'
  }

  #renew(epoch: number): void {
    this.#epoch = epoch
    const { random, rank } = this.#verbs
    const before = new Map([...this.#first.gained, ...this.#last.gained])
    const ranks = { first: [] as Choice[], last: [] as Choice[], never: [] as Choice[] }
    for (const route of this.#verbs.routes()) {
      const choice = this.#choiceOf(route)
      if (choice !== undefined) ranks[rank(route)].push(choice)
    }
    this.#first = new ChoiceSet(ranks.first.sort(byNode), random, before)
    this.#last = new ChoiceSet(ranks.last.sort(byNode), random, before)
  }

  #choiceOf(route: ApplicationRoute): Choice | undefined {
    const { options } = this
    const { own, record } = this.#verbs
    try {
      if (!isChoosable(options, route)) return undefined
    } catch (thrown) {
      this.#verbs.faulty('where', thrown)
      return undefined
    }
    const process = processOf(options, route)
    if (process === undefined) return undefined
    return new Choice(route, process, route.node === own, record(route.node))
  }
}

/** The same order on every node, so that equal draws are the same node everywhere. */
const byNode = ({ route: one }: Choice, { route: other }: Choice): number =>
  one.node < other.node ? -1 : one.node > other.node ? 1 : 0
