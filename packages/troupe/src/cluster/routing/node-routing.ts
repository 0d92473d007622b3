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
  type BreakerState,
  describeThrown,
  type EventToken,
  type NodeServices,
  type OwnApplicationRoute,
  type ProcessName,
  type RegistrarEvent,
  type RoutedCall,
  type RouteFailure,
  type Routing,
  type RoutingHome,
  SERVICE_EVENT,
  type Service,
  type ServiceInfo,
  type ServiceNotice,
  TroupeError,
} from '#contract'
import type { NodeRecord } from './node-record.js'
import { ServiceCall } from './service-call.js'
import { ServiceRecord, type ServiceVerbs } from './service-record.js'
import type { Rank } from './service-view.js'
import { ViewKeys } from './view-key.js'

export const SERVICES_MAX = 10_000
/** Publications that late subscribers are given. */
const EVENTS_KEPT = 100

const KINDS: Readonly<Record<BreakerState, ServiceNotice['kind']>> = Object.freeze({
  open: 'breaker-opened',
  'half-open': 'breaker-half-open',
  closed: 'breaker-closed',
})

export class NodeRouting implements Routing {
  readonly services: NodeServices = Object.freeze({
    list: () => this.#list(),
    info: (name: string) => this.#info(name),
  })
  readonly #services = new Map<string, ServiceRecord>()
  readonly #keys = new ViewKeys()
  readonly #own = new Map<string, OwnApplicationRoute>()
  #home: RoutingHome | undefined
  #token: EventToken<ServiceNotice> | undefined
  #epoch = 0
  #isLeaving = false

  start(home: RoutingHome): void {
    this.#home = home
    this.#token = home.node.registerEvent<ServiceNotice>(SERVICE_EVENT, { buffer: EVENTS_KEPT })
  }

  noticed(change: ApplicationChange): void {
    if (change.kind === 'application-changed') this.#own.set(change.route.name, change.route)
    else this.#own.delete(change.name)
    this.#epoch += 1
  }

  /** The registrar has told something. */
  told(event: RegistrarEvent): void {
    this.#epoch += 1
    if (event.kind !== 'node-joined' && event.kind !== 'node-left') return
    for (const service of this.#services.values()) service.renew(event.node)
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
    const choice = this.#chooseFor(record, service, message, payload)
    if (typeof choice === 'string') {
      record.unrouted += 1
      return choice
    }
    choice.record.sent += 1
    return choice.to
  }

  call(asked: RoutedCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { clock, random } = this.#required()
      const record = this.#record(asked.service.name)
      const view = record.view(asked.service.options)
      new ServiceCall(asked, { record, view, clock, random }, { resolve, reject }).start()
    })
  }

  /** A send never throws, whatever the functions of a user do. */
  #chooseFor(
    record: ServiceRecord,
    { name, options }: Service,
    message: string,
    payload: unknown,
  ): ReturnType<ReturnType<ServiceRecord['view']>['choose']> {
    try {
      return record.view(options).choose({ message, payload }, false)
    } catch (thrown) {
      this.#faulty(name, 'policy', thrown)
      return 'NO_ROUTE'
    }
  }

  #record(name: string): ServiceRecord {
    const known = this.#services.get(name)
    if (known !== undefined) return known
    const [oldest] = this.#services.keys()
    if (this.#services.size >= SERVICES_MAX && oldest !== undefined) this.#services.delete(oldest)
    const record = new ServiceRecord(name, this.#verbsOf(name), this.#keys)
    this.#services.set(name, record)
    return record
  }

  #verbsOf(name: string): ServiceVerbs {
    const { node, random, clock } = this.#required()
    return {
      ...{ own: node.name, random },
      nowMs: () => clock.nowMs(),
      epoch: () => this.#epoch,
      routes: () => this.#routes(name),
      rank: (route) => this.#rank(route),
      faulty: (option, thrown) => this.#faulty(name, option, thrown),
      turned: (record, before, problem) => this.#turned(name, record, before, problem),
    }
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
    const routes = this.#routes(name)
    const known = this.#services.get(name)
    if (known === undefined && routes.length === 0) return undefined
    return (known ?? new ServiceRecord(name, this.#verbsOf(name), this.#keys)).info(routes)
  }

  #turned(service: string, record: NodeRecord, before: BreakerState, problem: string): void {
    const { node, clock } = this.#required()
    const { state, failures } = record.breaker
    const fields = { service, node: record.node, failures, problem }
    const told = 'a node of a service is left alone for a while'
    if (state === 'open') {
      // A probe that fails is no news: it was left alone before.
      if (before === 'closed') node.log.warning(told, fields)
      else node.log.debug(told, fields)
    } else if (before !== 'closed' && state === 'closed') {
      node.log.info('a node of a service is asked again', fields)
    }
    if (this.#token === undefined) return
    const notice = { kind: KINDS[state], service, node: record.node, problem }
    node.publish(this.#token, Object.freeze({ ...notice, atMs: clock.wallMs() }))
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
