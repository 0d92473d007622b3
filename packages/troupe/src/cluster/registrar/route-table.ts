/**
 * cluster/registrar/route-table: what every registrar keeps: nodes and what runs on them.
 *
 * Pure: each change gives the events that follow, and whoever made it tells them. The own node is
 * not kept. An earlier life of a node never takes the place of a later one. Knows no clock: that a
 * node has been suspect for too long is said by who counts.
 * Limit: `ROUTE_LIMITS`; what is refused is counted in `refused` and gives no event.
 *
 * @source design 6; ergo-features 21 (mirror), 22
 */
import type {
  ApplicationRoute,
  NodeRoute,
  NodeRouteState,
  OwnApplicationRoute,
  RegistrarEvent,
} from '#contract'
import {
  type Checked,
  ROUTE_LIMITS,
  type RouteLimits,
  readApplicationRoute,
  readNodeRoute,
} from './route-check.js'
import { applicationEvent, applicationEvents, nodeStateEvents } from './route-events.js'

/** What is known of all nodes at one moment. */
export interface RouteSnapshot {
  readonly nodes: readonly NodeRoute[]
  /** In any order; those of a node that is not among `nodes` are refused. */
  readonly applications: readonly NodeApplication[]
}

/** An application and where it runs. */
export type NodeApplication = OwnApplicationRoute & { readonly node: string }

/** A node with its applications. */
export interface NodeEntry {
  readonly route: NodeRoute
  readonly applications: readonly OwnApplicationRoute[]
}

/** One life of a node; `creation` 0: whatever life it is. */
export interface NodeLife {
  readonly node: string
  readonly creation: number
}

/** Why entries were refused: what stands in `RegistrarInfo.refused`. */
export type RouteRefusal = 'ROUTE_INVALID' | 'ROUTES_FULL' | 'NODE_INCARNATION_OLD' | 'NODE_UNKNOWN'

const NOTHING: readonly RegistrarEvent[] = Object.freeze([])
/** Routes of nodes that are well come first, those of suspect ones last. */
const RANK: Readonly<Record<NodeRouteState, number>> = Object.freeze({
  up: 0,
  leaving: 1,
  suspect: 2,
})

interface Known {
  route: NodeRoute
  readonly applications: Map<string, OwnApplicationRoute>
}

/** True: the second life begins after the first; 0 is a life nobody knows the birth of. */
const isBefore = (one: number, other: number): boolean => one !== 0 && one < other

export class RouteTable {
  readonly #own: NodeLife
  readonly #limits: RouteLimits
  readonly #known = new Map<string, Known>()
  readonly #refused = new Map<RouteRefusal, number>()
  #applicationCount = 0
  /** A later life of the own node that was told of. */
  #double = 0
  /** Answers that hold until something changes: of each application, and of all under ''. */
  readonly #answers = new Map<string, readonly ApplicationRoute[]>()
  #nodes: readonly NodeRoute[] | undefined = undefined

  /** `own` is the node that the table serves; its name is empty where all nodes are kept. */
  constructor(own: NodeLife, limits: RouteLimits = ROUTE_LIMITS) {
    this.#own = own
    this.#limits = limits
  }

  get size(): number {
    return this.#known.size
  }

  /** What was refused since the start, by code. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused)
  }

  /** Every node, in the order in which they came. */
  nodes(): readonly NodeRoute[] {
    this.#nodes ??= Object.freeze([...this.#known.values()].map(({ route }) => route))
    return this.#nodes
  }

  resolve(node: string): NodeRoute | undefined {
    return this.#known.get(node)?.route
  }

  /** Where an application is; of all without a name. Nodes that are well come first. */
  applications(name = ''): readonly ApplicationRoute[] {
    const before = this.#answers.get(name)
    if (before !== undefined) return before
    const routes = this.#find(name)
    // What nobody has is not remembered: there is no end to names.
    if (routes.length > 0 || name === '') this.#answers.set(name, routes)
    return routes
  }

  /** Every node with its applications: what a server tells of its table. */
  entries(): readonly NodeEntry[] {
    return [...this.#known.values()].map(({ route, applications }) => ({
      route,
      applications: [...applications.values()],
    }))
  }

  /** A node is there, or something of it is different. An earlier life is refused. */
  putNode(given: NodeRoute): readonly RegistrarEvent[] {
    const route = this.#accept(readNodeRoute(given, this.#limits))
    return route === undefined ? NOTHING : this.#putNode(route)
  }

  /** A node is there no more; a later life than the one named stays. */
  removeNode(life: NodeLife, cause: 'left' | 'lost'): readonly RegistrarEvent[] {
    const known = this.#lifeOf(life)
    return known === undefined ? NOTHING : this.#remove(known, cause)
  }

  /** It is not seen at the moment; one that is leaving goes on leaving. */
  suspect(life: NodeLife): readonly RegistrarEvent[] {
    return this.#enter(life, 'suspect')
  }

  /** It is seen again. */
  well(life: NodeLife): readonly RegistrarEvent[] {
    return this.#enter(life, 'up')
  }

  /** It has said that it goes. */
  leaving(life: NodeLife): readonly RegistrarEvent[] {
    return this.#enter(life, 'leaving')
  }

  /** An application of a life of a node is known, or something of it is different. */
  putApplication(life: NodeLife, given: OwnApplicationRoute): readonly RegistrarEvent[] {
    const route = this.#accept(readApplicationRoute(given, this.#limits))
    return route === undefined ? NOTHING : this.#putApplication(life, route)
  }

  removeApplication(life: NodeLife, name: string): readonly RegistrarEvent[] {
    const known = this.#lifeOf(life)
    const route = known?.applications.get(name)
    if (known === undefined || route === undefined) return NOTHING
    return this.#removeApplication(known, route)
  }

  /**
   * All that is known is this: the events tell the difference. A node that is missing is lost, or
   * has left when it was leaving; `cause` says otherwise for all.
   */
  replace(snapshot: RouteSnapshot, cause?: 'left' | 'lost'): readonly RegistrarEvent[] {
    const lives = latest(this.#acceptAll(snapshot.nodes, readNodeRoute))
    const left = [...this.#known.values()]
      .filter(({ route }) => !lives.has(route.node))
      .flatMap((known) => this.#remove(known, cause ?? endOf(known)))
    const put = [...lives.values()].flatMap((route) => this.#putNode(route))
    return [...left, ...put, ...this.#replaceApplications(snapshot.applications, lives)]
  }

  /** Everything is forgotten, and nothing told. */
  clear(): void {
    this.#known.clear()
    this.#applicationCount = 0
    this.#forgetAnswers()
  }

  #putNode(route: NodeRoute): readonly RegistrarEvent[] {
    if (route.node === this.#own.node) return this.#meetOwn(route)
    const known = this.#known.get(route.node)
    if (known === undefined) return this.#join(route)
    const { creation } = known.route
    if (isBefore(route.creation, creation)) return this.#refuse('NODE_INCARNATION_OLD')
    if (isBefore(creation, route.creation)) {
      const cause = known.route.state === 'leaving' ? 'left' : 'lost'
      return [...this.#remove(known, cause), ...this.#join(route)]
    }
    const now = route.creation === 0 ? Object.freeze({ ...route, creation }) : route
    return this.#change(known, now)
  }

  #replaceApplications(
    given: readonly NodeApplication[],
    lives: ReadonlyMap<string, NodeRoute>,
  ): readonly RegistrarEvent[] {
    const named = new Map([...lives.keys()].map((node) => [node, new Set<string>()]))
    const put: (readonly [NodeLife, OwnApplicationRoute])[] = []
    for (const entry of list(given)) {
      const route = this.#accept(readApplicationRoute(entry, this.#limits))
      if (route === undefined) continue
      const life = lives.get(entry.node) ?? { node: entry.node, creation: 0 }
      named.get(life.node)?.add(route.name)
      put.push([life, route])
    }
    const gone = [...lives.values()].flatMap((life) => this.#keepOnly(life, named.get(life.node)))
    return [...gone, ...put.flatMap(([life, route]) => this.#putApplication(life, route))]
  }

  /** What a life of a node has beyond the applications that are named is unloaded. */
  #keepOnly(life: NodeLife, named: ReadonlySet<string> | undefined): readonly RegistrarEvent[] {
    const known = this.#lifeOf(life)
    if (known === undefined) return NOTHING
    const over = [...known.applications.values()].filter(({ name }) => named?.has(name) !== true)
    return over.flatMap((route) => this.#removeApplication(known, route))
  }

  /** Two programs have the own name when a life of it begins after this one. */
  #meetOwn({ node, creation }: NodeRoute): readonly RegistrarEvent[] {
    const isDouble = isBefore(this.#own.creation, creation) && creation !== this.#double
    if (!isDouble) return NOTHING
    this.#double = creation
    const problem = `another program of this name began after this one, at ${creation}`
    return [{ kind: 'node-duplicate', node, problem }]
  }

  #join(route: NodeRoute): readonly RegistrarEvent[] {
    if (this.#known.size >= this.#limits.nodesMax) return this.#refuse('ROUTES_FULL')
    const { node, creation } = route
    this.#known.set(node, { route, applications: new Map() })
    this.#nodes = undefined
    return [{ kind: 'node-joined', node, creation }, ...nodeStateEvents(route, 'up')]
  }

  #change(known: Known, route: NodeRoute): readonly RegistrarEvent[] {
    const before = known.route.state
    known.route = route
    this.#nodes = undefined
    if (before !== route.state) this.#forgetAnswers(known)
    return nodeStateEvents(route, before)
  }

  #enter(life: NodeLife, state: NodeRouteState): readonly RegistrarEvent[] {
    const known = this.#lifeOf(life)
    const stays = state === 'suspect' && known?.route.state === 'leaving'
    if (known === undefined || stays) return NOTHING
    return this.#change(known, Object.freeze({ ...known.route, state }))
  }

  /** What was on a node is unloaded with it, and told before. */
  #remove(known: Known, cause: 'left' | 'lost'): readonly RegistrarEvent[] {
    const { node, creation } = known.route
    const routes = [...known.applications.values()]
    const unloaded = routes.flatMap((route) => this.#removeApplication(known, route))
    this.#known.delete(node)
    this.#nodes = undefined
    return [...unloaded, { kind: 'node-left', node, creation, cause }]
  }

  #putApplication(life: NodeLife, route: OwnApplicationRoute): readonly RegistrarEvent[] {
    if (life.node === this.#own.node) return NOTHING
    const known = this.#known.get(life.node)
    if (known === undefined) return this.#refuse('NODE_UNKNOWN')
    if (isBefore(life.creation, known.route.creation)) return this.#refuse('NODE_INCARNATION_OLD')
    if (isBefore(known.route.creation, life.creation)) return this.#refuse('NODE_UNKNOWN')
    return this.#setApplication(known, route)
  }

  #setApplication(known: Known, route: OwnApplicationRoute): readonly RegistrarEvent[] {
    const { applications } = known
    const before = applications.get(route.name)
    const { applicationsPerNodeMax, applicationsMax } = this.#limits
    const isFull =
      applications.size >= applicationsPerNodeMax || this.#applicationCount >= applicationsMax
    if (before === undefined && isFull) return this.#refuse('ROUTES_FULL')
    const events = applicationEvents(known.route.node, route, before)
    if (events.length === 0) return NOTHING
    if (before === undefined) this.#applicationCount += 1
    applications.set(route.name, route)
    this.#forgetAnswer(route.name)
    return events
  }

  #removeApplication(known: Known, route: OwnApplicationRoute): readonly RegistrarEvent[] {
    known.applications.delete(route.name)
    this.#applicationCount -= 1
    this.#forgetAnswer(route.name)
    return [applicationEvent('application-unloaded', known.route.node, route)]
  }

  /** The node of a life, unless a later one has come. */
  #lifeOf({ node, creation }: NodeLife): Known | undefined {
    const known = this.#known.get(node)
    return known !== undefined && isBefore(creation, known.route.creation) ? undefined : known
  }

  #find(name: string): readonly ApplicationRoute[] {
    const found = [...this.#known.values()].flatMap(({ route: { node, state }, applications }) => {
      const one = applications.get(name)
      const routes = name === '' ? [...applications.values()] : one === undefined ? [] : [one]
      return routes.map((route) => Object.freeze({ ...route, node, nodeState: state }))
    })
    const inOrder = found.sort(
      (one, other) => RANK[one.nodeState] - RANK[other.nodeState] || byText(one.node, other.node),
    )
    return Object.freeze(inOrder)
  }

  #accept<T>({ route }: Checked<T>): T | undefined {
    if (route === undefined) this.#refuse('ROUTE_INVALID')
    return route
  }

  #acceptAll<T>(
    given: readonly unknown[],
    reader: (one: unknown, limits: RouteLimits) => Checked<T>,
  ): readonly T[] {
    return list(given).flatMap((one) => this.#accept(reader(one, this.#limits)) ?? [])
  }

  #refuse(code: RouteRefusal): readonly RegistrarEvent[] {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1)
    return NOTHING
  }

  #forgetAnswer(name: string): void {
    this.#answers.delete(name)
    this.#answers.delete('')
  }

  #forgetAnswers(known?: Known): void {
    if (known === undefined) this.#answers.clear()
    else for (const name of known.applications.keys()) this.#forgetAnswer(name)
    this.#nodes = undefined
  }
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** What came from outside may be no list. */
const list = <T>(given: readonly T[]): readonly T[] => (Array.isArray(given) ? given : [])

const endOf = ({ route }: Known): 'left' | 'lost' => (route.state === 'leaving' ? 'left' : 'lost')

/** The last life of each node that a snapshot names. */
function latest(nodes: readonly NodeRoute[]): ReadonlyMap<string, NodeRoute> {
  const lives = new Map<string, NodeRoute>()
  for (const route of nodes) {
    const other = lives.get(route.node)
    if (other === undefined || !isBefore(route.creation, other.creation)) {
      lives.set(route.node, route)
    }
  }
  return lives
}
