/**
 * cluster/routing/service-view: one use of a service: its filters, its policy, its choice.
 *
 * Nodes that are well come first; suspect ones, and this node while it goes, are asked when no
 * other can be. Made anew when a route has changed, so that a choice looks at nothing but weights,
 * unless a breaker is open, a node was tried already, or a function of the user decides.
 */
import type { Random } from '#base/random'
import type {
  ApplicationRoute,
  Routed,
  RouteFailure,
  RoutingPolicy,
  ServiceOptions,
} from '#contract'
import { mayProbe } from './breaker.js'
import { type CallPlan, callPlan } from './call-plan.js'
import { Choice, ChoiceSet } from './choice-set.js'
import type { NodeRecord } from './node-record.js'
import type { BudgetRates, RetryBudget } from './retry-budget.js'
import { isChoosable, processOf } from './route-choice.js'

/** How much a node is to be chosen: `never`, after all others, or in its turn. */
export type Rank = 'never' | 'last' | 'first'

/** What a view asks of its service. */
export interface ViewVerbs {
  readonly own: string
  readonly random: Random
  nowMs(): number
  /** Counts on whenever a route may be another one. */
  epoch(): number
  routes(): readonly ApplicationRoute[]
  rank(route: ApplicationRoute): Rank
  record(node: string): NodeRecord
  /** That of all uses of the service with these rates. */
  budget(rates: BudgetRates): RetryBudget
  /** Some breaker is not closed. */
  troubled(): boolean
  /** A function of a user has thrown. */
  faulty(option: string, thrown: unknown): void
}

/** What may be chosen beside what the routes say. */
export interface Choosing {
  readonly routed: Routed
  /** An answer will come, so that an open breaker may be probed. */
  readonly isRequest: boolean
  /** Nodes that this request was sent to already; others come first. */
  readonly tried: readonly NodeRecord[]
}

const NOBODY: readonly NodeRecord[] = Object.freeze([])

export class ServiceView {
  readonly plan: CallPlan
  /** What tries again are paid out of; undefined: there are none. */
  readonly budget: RetryBudget | undefined
  readonly #options: ServiceOptions
  readonly #policy: RoutingPolicy
  readonly #verbs: ViewVerbs
  /** The state of the routes that the choices were made from. */
  #epoch = -1
  #first: ChoiceSet
  #last: ChoiceSet

  constructor(options: ServiceOptions, verbs: ViewVerbs) {
    this.plan = callPlan(options)
    this.budget = this.plan.retry && verbs.budget(this.plan.retry)
    this.#options = options
    this.#policy = options.policy ?? 'weighted'
    this.#verbs = verbs
    this.#first = new ChoiceSet([], verbs.random, new Map())
    this.#last = this.#first
  }

  /** Somebody for a message; throws what a function of the user throws. */
  choose(routed: Routed, isRequest: boolean): Choice | RouteFailure {
    const epoch = this.#verbs.epoch()
    if (epoch !== this.#epoch) this.#renew(epoch)
    const isPlain = this.#options.where === undefined && !this.#verbs.troubled()
    if (!isPlain) return this.#chooseAmong({ routed, isRequest, tried: NOBODY })
    const policy = this.#policy
    return this.#first.pick(policy, routed) ?? this.#last.pick(policy, routed) ?? 'NO_ROUTE'
  }

  /** Somebody else than those who were tried; they again when there is nobody else. */
  chooseAgain(choosing: Choosing): Choice | RouteFailure {
    const other = this.chooseOther(choosing)
    return typeof other === 'string' ? this.#chooseAmong({ ...choosing, tried: NOBODY }) : other
  }

  /** Somebody else than those who were tried. */
  chooseOther(choosing: Choosing): Choice | RouteFailure {
    const epoch = this.#verbs.epoch()
    if (epoch !== this.#epoch) this.#renew(epoch)
    return this.#chooseAmong(choosing)
  }

  #chooseAmong(choosing: Choosing): Choice | RouteFailure {
    const first = this.#pickFree(this.#first, choosing)
    if (typeof first !== 'string') return first
    const last = this.#pickFree(this.#last, choosing)
    if (typeof last !== 'string') return last
    if (first === 'NO_ROUTE' && last === 'NO_ROUTE') return 'NO_ROUTE'
    // Whoever only sends cannot wait for a probe: what is due for one is as good.
    return choosing.isRequest
      ? 'SERVICE_UNAVAILABLE'
      : this.#chooseAmong({ ...choosing, isRequest: true })
  }

  #pickFree(set: ChoiceSet, choosing: Choosing): Choice | RouteFailure {
    const { choices, mask } = set
    let offered = 0
    let free = 0
    for (let at = 0; at < choices.length; at += 1) {
      const choice = choices[at] as Choice
      const isOffered = this.#isOffered(choice)
      const isFree = isOffered && this.#isFree(choice, choosing)
      if (isOffered) offered += 1
      if (isFree) free += 1
      mask[at] = isFree ? 1 : 0
    }
    if (offered === 0) return 'NO_ROUTE'
    const picked = free === 0 ? undefined : set.pick(this.#policy, choosing.routed, mask)
    return picked ?? 'SERVICE_UNAVAILABLE'
  }

  /** The function of the user, asked for each message. */
  #isOffered({ route }: Choice): boolean {
    const { where } = this.#options
    if (where === undefined) return true
    try {
      return where(route)
    } catch (thrown) {
      this.#verbs.faulty('where', thrown)
      return false
    }
  }

  #isFree({ record }: Choice, { isRequest, tried }: Choosing): boolean {
    if (tried.includes(record)) return false
    const { breaker } = record
    if (this.plan.breaker === undefined || breaker.state === 'closed') return true
    return isRequest && mayProbe(breaker, this.#verbs.nowMs())
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
    const options = this.#options
    const { own, record } = this.#verbs
    try {
      if (!isChoosable(options, route)) return undefined
    } catch (thrown) {
      this.#verbs.faulty('version', thrown)
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
