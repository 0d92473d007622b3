/**
 * actor/router-state: a running router: it asks `route` for a name and hands the message there.
 *
 * A name is looked for among the own routes first, then among the names of the node. Whatever
 * cannot be handed on is refused: a caller gets a coded error, a message is a dead letter.
 */
import {
  describeThrown,
  formatTarget,
  NoReply,
  type Pid,
  type ProcessContext,
  printed,
  readObject,
  type SendFailure,
  TroupeError,
} from '#contract'
import { Child } from './child.js'
import { checkChild } from './child-spec.js'
import { CREW_SURROUNDINGS, Crew, type CrewRules } from './crew.js'
import type { RouteInfo, RouterStats, RouteSpec } from './router-protocol.js'

/** Chooses a route by name; undefined discards the message. */
export type RouteFunction = (
  message: string,
  payload: unknown,
  from: Pid | undefined,
) => string | undefined

/** What a router is made of. */
export interface RouterParts {
  readonly route: RouteFunction
  readonly routes: readonly RouteSpec[]
  readonly rules: CrewRules
  readonly shutdownMs: number
  readonly manageFrom: readonly string[]
}

/** One owned route. */
interface Route {
  spec: RouteSpec
  /** Undefined while disabled. */
  worker: Child | undefined
  /** A worker is being started for it. */
  busy: boolean
  forwarded: number
}

export class RouterState {
  readonly crew: Crew
  readonly #context: ProcessContext
  readonly #parts: RouterParts
  readonly #routes = new Map<string, Route>()
  #forwarded = 0
  #discarded = 0
  #failed = 0

  constructor(context: ProcessContext, parts: RouterParts) {
    this.#context = context
    this.#parts = parts
    this.crew = new Crew(context, parts.rules, () => {})
  }

  /** Other nodes that may change it. */
  get manageFrom(): readonly string[] {
    return this.#parts.manageFrom
  }

  /** Starts the workers of all routes; rejects when one does not start. */
  async begin(): Promise<void> {
    await Promise.all(this.#parts.routes.map((spec) => this.addRoute(spec)))
    this.crew.begun()
  }

  /** Hands the current message on, discards it, or refuses it. */
  forward(message: string, payload: unknown): unknown {
    let name: string | undefined
    try {
      name = this.#parts.route(message, payload, this.#context.from)
    } catch (thrown) {
      const problem = `route threw ${describeThrown(thrown)}`
      return this.#refuse(this.#failure('HANDLER_FAILED', message, problem, thrown))
    }
    if (name === undefined) return this.#discard(message)
    if (typeof name !== 'string') return this.#refuse(unknownRoute(name))
    const route = this.#routes.get(name)
    if (route === undefined) return this.#forwardTo(name, name)
    if (route.worker === undefined) return this.#refuse(new TroupeError('ROUTE_DISABLED', { name }))
    const { pid, starting } = route.worker
    if (pid !== undefined) return this.#forwardTo(pid, name, route)
    if (starting === undefined) return this.#refuse(new TroupeError('ROUTE_BUSY', { name }))
    // Its worker has ended and the next one is in its init: the message waits for that.
    return starting.then(() => {
      const next = route.worker?.pid
      if (next !== undefined) return this.#forwardTo(next, name, route)
      return this.#refuse(new TroupeError('ROUTE_BUSY', { name }))
    })
  }

  #forwardTo(to: Pid | string, name: string, route?: Route): NoReply {
    const failure = this.#context.tryForward(to)
    if (failure !== undefined) return this.#refuse(this.#forwardError(failure, name, route))
    this.#forwarded += 1
    if (route !== undefined) route.forwarded += 1
    return NoReply
  }

  #forwardError(failure: SendFailure, name: string, route: Route | undefined): TroupeError {
    if (failure === 'MAILBOX_FULL') {
      const limit = route?.spec.options?.mailbox?.lengthMax ?? 'all'
      return new TroupeError('MAILBOX_FULL', { to: name, limit })
    }
    return route === undefined ? unknownRoute(name) : new TroupeError('ROUTE_BUSY', { name })
  }

  #failure(code: 'HANDLER_FAILED', message: string, problem: string, cause: unknown): TroupeError {
    this.#context.log.error('route threw, its message is refused', { message, problem })
    return new TroupeError(code, { to: this.#label(), request: message, problem }, cause)
  }

  #refuse(error: TroupeError): NoReply {
    this.#failed += 1
    return this.#context.refuse('route-failed', error)
  }

  #discard(message: string): unknown {
    this.#discarded += 1
    return new TroupeError('MESSAGE_DISCARDED', { to: this.#label(), request: message })
  }

  #label(): string {
    return this.#context.name ?? formatTarget(this.#context.self)
  }

  async addRoute(given: RouteSpec): Promise<Pid> {
    const spec = readObject('addRoute', given)
    const { name } = spec
    if (this.#routes.has(name)) throw new TroupeError('ROUTE_TAKEN', { name })
    const route: Route = { spec, worker: undefined, busy: false, forwarded: 0 }
    this.#routes.set(name, route)
    try {
      return await this.#start(route, spec)
    } catch (refused) {
      if (this.#routes.get(name) === route) this.#routes.delete(name)
      throw refused
    }
  }

  /** Starts a worker for a route and lets its old one go. */
  async #start(route: Route, spec: RouteSpec): Promise<Pid> {
    const { shutdownMs } = this.#parts
    const surroundings = { ...CREW_SURROUNDINGS, supervisor: this.#label() }
    const worker = new Child(checkChild({ ...spec, shutdownMs }, surroundings))
    const old = route.worker
    route.busy = true
    try {
      // Without an old worker the messages wait for the new one.
      const hired = this.crew.hire(worker)
      route.worker ??= worker
      const pid = await hired
      route.worker = worker
      route.spec = spec
      if (old !== undefined) this.crew.letGo(old)
      // Removed or disabled meanwhile: nothing will be handed to it.
      if (this.#routes.get(spec.name) !== route) this.crew.letGo(worker)
      return pid
    } catch (refused) {
      route.worker = old
      throw refused
    } finally {
      route.busy = false
    }
  }

  async removeRoute(name: string): Promise<boolean> {
    const route = this.#routes.get(name)
    if (route === undefined) return false
    this.#routes.delete(name)
    if (route.worker !== undefined && !route.busy) this.crew.letGo(route.worker)
    return true
  }

  async disableRoute(name: string): Promise<void> {
    const route = this.#idle(name)
    if (route.worker !== undefined) this.crew.letGo(route.worker)
    route.worker = undefined
  }

  async enableRoute(name: string): Promise<Pid> {
    const route = this.#idle(name)
    return route.worker?.pid ?? this.#start(route, route.spec)
  }

  async replaceRoute(given: RouteSpec): Promise<Pid> {
    const spec = readObject('replaceRoute', given)
    return this.#start(this.#idle(spec.name), spec)
  }

  /** A route that is not being changed. */
  #idle(name: string): Route {
    const route = this.#routes.get(name)
    if (route === undefined) throw unknownRoute(name)
    if (route.busy) throw new TroupeError('ROUTE_BUSY', { name })
    return route
  }

  routes(): readonly RouteInfo[] {
    return [...this.#routes.values()].map(({ spec, worker, forwarded }) =>
      Object.freeze({
        name: spec.name,
        state: stateOf(worker),
        pid: worker?.pid,
        forwarded,
        restarts: worker?.restarts ?? 0,
      }),
    )
  }

  stats(): RouterStats {
    const routes = this.routes()
    return Object.freeze({
      forwarded: this.#forwarded,
      discarded: this.#discarded,
      failed: this.#failed,
      restarts: this.crew.restarts,
      routes: routes.length,
      disabled: routes.filter(({ state }) => state === 'disabled').length,
    })
  }

  end(): Promise<void> {
    return this.crew.end()
  }
}

const unknownRoute = (name: unknown): TroupeError =>
  new TroupeError('ROUTE_UNKNOWN', { name: printed(name) })

function stateOf(worker: Child | undefined): RouteInfo['state'] {
  if (worker === undefined) return 'disabled'
  if (worker.pid !== undefined) return 'running'
  return worker.starting === undefined ? 'waiting' : 'starting'
}
