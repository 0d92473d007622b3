/**
 * cluster/routing/service-record: one service as this node uses it: its uses and their figures.
 *
 * Limit: `VIEWS_MAX` uses; the one that was not used for longest makes room.
 */
import type { ApplicationRoute, ServiceInfo, ServiceOptions, ServiceRouteInfo } from '#contract'
import { NodeRecord } from './node-record.js'
import { ServiceView, type ViewVerbs } from './service-view.js'
import type { ViewKeys } from './view-key.js'

export const VIEWS_MAX = 256

export class ServiceRecord {
  readonly name: string
  retried = 0
  hedged = 0
  overBudget = 0
  unrouted = 0
  readonly #verbs: Omit<ViewVerbs, 'record'>
  readonly #keys: ViewKeys
  readonly #nodes = new Map<string, NodeRecord>()
  /** The same object is the same use; others are compared. */
  #seen = new WeakMap<ServiceOptions, ServiceView>()
  readonly #views = new Map<string, ServiceView>()

  constructor(name: string, verbs: Omit<ViewVerbs, 'record'>, keys: ViewKeys) {
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

  record(node: string): NodeRecord {
    let record = this.#nodes.get(node)
    if (record === undefined) {
      record = new NodeRecord(node)
      this.#nodes.set(node, record)
    }
    return record
  }

  /** What is seen of it; `routes` are all there are. */
  info(routes: readonly ApplicationRoute[]): ServiceInfo {
    const { name, retried, hedged, overBudget, unrouted } = this
    return Object.freeze({
      ...{ name, retried, hedged, overBudget, unrouted },
      routes: routes.map((route) => this.#routeInfo(route)),
    })
  }

  #routeInfo(route: ApplicationRoute): ServiceRouteInfo {
    const known = this.#nodes.get(route.node) ?? new NodeRecord(route.node)
    const { pending, sent, answered, failed } = known
    return Object.freeze({
      ...{ route, local: route.node === this.#verbs.own, pending, sent, answered, failed },
      ...{ breaker: 'closed' as const, failures: 0, opensInMs: 0 },
    })
  }

  #newView(options: ServiceOptions): ServiceView {
    const [oldest] = this.#views.keys()
    if (this.#views.size >= VIEWS_MAX && oldest !== undefined) {
      this.#views.delete(oldest)
      this.#seen = new WeakMap()
    }
    return new ServiceView(options, { ...this.#verbs, record: (node) => this.record(node) })
  }
}
