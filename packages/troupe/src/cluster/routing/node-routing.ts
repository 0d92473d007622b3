/**
 * cluster/routing/node-routing: the routing of one node: all services, and all that changes them.
 *
 * What the registrar tells, what membership finds and what happens at home only counts an epoch
 * on; whoever chooses next looks at the routes anew.
 * Limit: `SERVICES_MAX` services that are remembered, those that nobody has included.
 *
 * @source design 6; ergo-features 22, weaknesses 19, 20
 */
import {
  type ApplicationChange,
  type ApplicationRoute,
  describeThrown,
  type NodeServices,
  type OwnApplicationRoute,
  type ProcessName,
  type RegistrarEvent,
  type RoutedCall,
  type RouteFailure,
  type Routing,
  type RoutingHome,
  type Service,
  type ServiceInfo,
  TroupeError,
} from '#contract'
import { ServiceRecord } from './service-record.js'
import type { Rank } from './service-view.js'
import { ViewKeys } from './view-key.js'

export const SERVICES_MAX = 10_000

export class NodeRouting implements Routing {
  readonly services: NodeServices = Object.freeze({
    list: () => this.#list(),
    info: (name: string) => this.#info(name),
  })
  readonly #services = new Map<string, ServiceRecord>()
  readonly #keys = new ViewKeys()
  readonly #own = new Map<string, OwnApplicationRoute>()
  #home: RoutingHome | undefined
  #epoch = 0
  #isLeaving = false

  start(home: RoutingHome): void {
    this.#home = home
  }

  noticed(change: ApplicationChange): void {
    if (change.kind === 'application-changed') this.#own.set(change.route.name, change.route)
    else this.#own.delete(change.name)
    this.#epoch += 1
  }

  /** The registrar has told something. */
  told(event: RegistrarEvent): void {
    if (event.kind !== 'config-updated' && event.kind !== 'config-invalid') this.#epoch += 1
  }

  /** What is known of other nodes has changed. */
  changed(): void {
    this.#epoch += 1
  }

  leave(): void {
    this.#isLeaving = true
    this.#epoch += 1
  }

  choose(service: Service, message: string, payload: unknown): ProcessName | RouteFailure {
    const record = this.#record(service.name)
    const choice = record.view(service.options).choose({ message, payload }, this.#epoch)
    if (typeof choice === 'string') {
      record.unrouted += 1
      return choice
    }
    choice.record.sent += 1
    return choice.to
  }

  async call(asked: RoutedCall): Promise<unknown> {
    const { service, request: message, payload, timeoutMs } = asked
    const record = this.#record(service.name)
    const choice = record.view(service.options).choose({ message, payload }, this.#epoch)
    if (typeof choice === 'string') {
      record.unrouted += 1
      throw asked.refuse(choice)
    }
    return new Promise((resolve, reject) => {
      const { record: node } = choice
      node.sent += 1
      node.pending += 1
      asked.attempt(choice.to, timeoutMs, {
        answered: (value) => {
          node.pending -= 1
          node.answered += 1
          resolve(value)
        },
        failed: (error) => {
          node.pending -= 1
          node.failed += 1
          reject(error)
        },
      })
    })
  }

  #record(name: string): ServiceRecord {
    const known = this.#services.get(name)
    if (known !== undefined) return known
    const record = this.#newRecord(name)
    const [oldest] = this.#services.keys()
    if (this.#services.size >= SERVICES_MAX && oldest !== undefined) this.#services.delete(oldest)
    this.#services.set(name, record)
    return record
  }

  #newRecord(name: string): ServiceRecord {
    const { node, random } = this.#required()
    const verbs = {
      ...{ own: node.name, random },
      routes: () => this.#routes(name),
      rank: (route: ApplicationRoute) => this.#rank(route),
      faulty: (option: string, thrown: unknown) => this.#faulty(name, option, thrown),
    }
    return new ServiceRecord(name, verbs, this.#keys)
  }

  /** All routes of an application, those of this node too. */
  #routes(name: string): readonly ApplicationRoute[] {
    const { node, applications } = this.#required()
    const own = this.#own.get(name)
    const others = applications(name)
    if (own === undefined) return others
    const nodeState = this.#isLeaving ? 'leaving' : 'up'
    return [{ ...own, node: node.name, nodeState }, ...others]
  }

  #rank({ node, nodeState }: ApplicationRoute): Rank {
    const home = this.#required()
    // What runs here until this node has gone must find whom it needs.
    if (node === home.node.name) return nodeState === 'up' ? 'first' : 'last'
    if (nodeState === 'leaving') return 'never'
    const state = home.stateOf(node)
    const isDoubtful = state === 'suspect' || state === 'unresponsive' || state === 'gone'
    return nodeState === 'suspect' || isDoubtful ? 'last' : 'first'
  }

  /** Those that were used, and those of which there are routes. */
  #list(): readonly ServiceInfo[] {
    const routes = this.#home?.applications() ?? []
    const names = [...this.#services.keys(), ...this.#own.keys(), ...routes.map(({ name }) => name)]
    return [...new Set(names)].sort().flatMap((name) => this.#info(name) ?? [])
  }

  #info(name: string): ServiceInfo | undefined {
    if (this.#home === undefined) return undefined
    const known = this.#services.get(name)
    const routes = this.#routes(name)
    if (known === undefined && routes.length === 0) return undefined
    const record = known ?? this.#newRecord(name)
    return record.info(routes)
  }

  #required(): RoutingHome {
    const home = this.#home
    if (home !== undefined) return home
    const problem = 'the node has not started yet'
    throw new TroupeError('NOT_ALLOWED', { operation: 'service', problem })
  }

  #faulty(service: string, option: string, thrown: unknown): void {
    const fields = { service, option, problem: describeThrown(thrown) }
    this.#required().node.log.warning('a function of a service has thrown', fields)
  }
}
