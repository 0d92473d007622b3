/**
 * cluster/routing/service-record: one service as this node uses it: its uses and their figures.
 *
 * Limit: `VIEWS_MAX` uses; the one that was not made for longest makes room. `NODES_MAX` nodes
 * that are gone are remembered.
 */
import type {
  ApplicationRoute,
  BreakerOptions,
  BreakerState,
  ServiceInfo,
  ServiceOptions,
  ServiceRouteInfo,
} from '#contract'
import { type BreakerInput, breakerAfter, CLOSED, opensInMs } from './breaker.js'
import { NodeRecord } from './node-record.js'
import { type BudgetRates, RetryBudget } from './retry-budget.js'
import { ServiceView, type ViewVerbs } from './service-view.js'
import type { ViewKeys } from './view-key.js'

export const VIEWS_MAX = 256
export const NODES_MAX = 4_096

/** What a service asks of the routing of its node. */
export interface ServiceVerbs extends Omit<ViewVerbs, 'budget' | 'record' | 'troubled'> {
  /** A breaker has come into another state. */
  turned(record: NodeRecord, before: BreakerState, problem: string): void
}

export class ServiceRecord {
  readonly name: string
  retried = 0
  hedged = 0
  overBudget = 0
  unrouted = 0
  late = 0
  readonly #verbs: ServiceVerbs
  readonly #keys: ViewKeys
  readonly #nodes = new Map<string, NodeRecord>()
  readonly #budgets = new Map<string, RetryBudget>()
  /** The same object is the same use; others are compared. */
  #seen = new WeakMap<ServiceOptions, ServiceView>()
  readonly #views = new Map<string, ServiceView>()
  /** Breakers that are not closed. */
  #troubles = 0

  constructor(name: string, verbs: ServiceVerbs, keys: ViewKeys) {
    this.name = name
    this.#verbs = verbs
    this.#keys = keys
  }

  view(options: ServiceOptions): ServiceView {
    const seen = this.#seen.get(options)
    if (seen !== undefined) return seen
    const key = this.#keys.keyOf(options)
    const view = this.#views.get(key) ?? this.#newView(options)
    // At the end again: the first one is always the one to go.
    this.#views.delete(key)
    this.#views.set(key, view)
    this.#seen.set(options, view)
    return view
  }

  /** Something has happened to a request of a node. */
  feed(
    record: NodeRecord,
    input: BreakerInput,
    options: Required<BreakerOptions>,
    problem: string,
  ): void {
    const before = record.breaker
    record.breaker = breakerAfter(before, input, this.#verbs.nowMs(), options)
    this.#turned(record, before.state, problem)
  }

  /** Another life of a node has come, or it is gone: what was said of the old one is void. */
  renew(node: string): void {
    const record = this.#nodes.get(node)
    if (record === undefined) return
    const { state } = record.breaker
    record.breaker = CLOSED
    this.#turned(record, state, 'another life of the node')
    if (this.#nodes.size > NODES_MAX && record.pending === 0) this.#nodes.delete(node)
  }

  /** What is seen of it; `routes` are all there are. */
  info(routes: readonly ApplicationRoute[]): ServiceInfo {
    const { name, retried, hedged, overBudget, unrouted, late } = this
    return Object.freeze({
      ...{ name, retried, hedged, overBudget, unrouted, late },
      routes: Object.freeze(routes.map((route) => this.#routeInfo(route))),
    })
  }

  #routeInfo(route: ApplicationRoute): ServiceRouteInfo {
    const known = this.#nodes.get(route.node) ?? new NodeRecord(route.node)
    const { pending, sent, answered, failed, breaker } = known
    return Object.freeze({
      ...{ route, local: route.node === this.#verbs.own, pending, sent, answered, failed },
      ...{ breaker: breaker.state, failures: breaker.failures },
      opensInMs: opensInMs(breaker, this.#verbs.nowMs()),
    })
  }

  #turned(record: NodeRecord, before: BreakerState, problem: string): void {
    const { state } = record.breaker
    if (state === before) return
    if (before === 'closed') this.#troubles += 1
    if (state === 'closed') this.#troubles -= 1
    this.#verbs.turned(record, before, problem)
  }

  #record(node: string): NodeRecord {
    let record = this.#nodes.get(node)
    if (record === undefined) {
      record = new NodeRecord(node)
      this.#nodes.set(node, record)
    }
    return record
  }

  /** The budget that all uses with these rates share. */
  #budget(rates: BudgetRates): RetryBudget {
    const key = `${rates.budget} ${rates.budgetPerSecond}`
    let budget = this.#budgets.get(key)
    if (budget === undefined) {
      budget = new RetryBudget(rates, this.#verbs.nowMs())
      this.#budgets.set(key, budget)
    }
    return budget
  }

  #newView(options: ServiceOptions): ServiceView {
    const [oldest] = this.#views.keys()
    if (this.#views.size >= VIEWS_MAX && oldest !== undefined) {
      this.#views.delete(oldest)
      this.#seen = new WeakMap()
    }
    return new ServiceView(options, {
      ...this.#verbs,
      record: (node) => this.#record(node),
      budget: (rates) => this.#budget(rates),
      troubled: () => this.#troubles > 0,
    })
  }
}
