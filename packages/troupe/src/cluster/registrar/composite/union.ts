/**
 * cluster/registrar/composite/union: the nodes and applications of several registrars as one.
 *
 * A node is there while one of them knows it, and each change is told once, whoever tells it first
 * and however late the others are. What runs on a node is taken from one registrar at a time, so
 * that two mirrors of which one is behind never contradict each other; another one takes over some
 * time after the first does not know the node any more, or has lost its server: by then it has
 * caught up. Pure: whoever hears the parts calls, and tells what is answered.
 *
 * @source design 6; contract/registrar
 */
import { type NodeLife, RouteTable } from '#cluster/registrar/route-table'
import type {
  ApplicationRoute,
  ApplicationState,
  NodeRoute,
  NodeRouteState,
  OwnApplicationRoute,
  RegistrarEvent,
} from '#contract'

/** What the union asks of a registrar. */
export interface UnionPart {
  readonly isConnected: boolean
  nodes(): readonly NodeRoute[]
  node(name: string): NodeRoute | undefined
  applicationsOn(node: string, name?: string): readonly ApplicationRoute[]
}

/** One registrar's word on one life of a node. */
interface Word {
  readonly part: UnionPart
  readonly route: NodeRoute
}

/** What is remembered of a node while a registrar names it. */
interface Memory {
  /** Its last life; words on earlier ones do not count. */
  creation: number
  /** It has said that it goes, which nobody takes back. */
  isLeaving: boolean
  /** A registrar has said that this life is over; how. */
  end: 'left' | 'lost' | undefined
  /** It has left for good: who names it still has not heard of it. */
  isOver: boolean
  /** Whom its applications are taken from. */
  source: UnionPart | undefined
  /** Another one was the source before. */
  isSecondHand: boolean
  /** The applications that are known of it. */
  readonly applications: Set<string>
}

type NodeLeft = Extract<RegistrarEvent, { readonly kind: 'node-left' }>

const NOTHING: readonly RegistrarEvent[] = Object.freeze([])

export class NodeUnion {
  readonly #own: string
  readonly #parts: readonly UnionPart[]
  readonly #table: RouteTable
  readonly #memories = new Map<string, Memory>()
  /** Nodes whose applications are to be taken from somebody else soon. */
  readonly #unsettled = new Set<string>()

  constructor(own: NodeLife, parts: readonly UnionPart[]) {
    this.#own = own.node
    this.#parts = parts
    this.#table = new RouteTable(own)
  }

  /** What is known of all of them. */
  get table(): Pick<
    RouteTable,
    'nodes' | 'resolve' | 'applications' | 'size' | 'refused' | 'clear'
  > {
    return this.#table
  }

  /** Something waits for `settle`. */
  get isUnsettled(): boolean {
    return this.#unsettled.size > 0
  }

  /** A registrar has told something of a node, or may know another thing of it. */
  node(node: string): readonly RegistrarEvent[] {
    if (node === this.#own) return NOTHING
    const words = this.#wordsOn(node)
    const memory = this.#memories.get(node)
    if (memory === undefined) return NOTHING
    if (words.length > 0) return this.#put(node, memory, words)
    // A mirror may be ahead of what is told of it: how a life has ended is still to come.
    return memory.end === undefined ? NOTHING : this.#remove(node, memory)
  }

  /** A registrar has said that a life of a node begins, or is there again. */
  joined(node: string, creation: number): readonly RegistrarEvent[] {
    const memory = this.#memories.get(node)
    if (memory?.isOver === true && memory.creation === creation) this.#memories.delete(node)
    return this.node(node)
  }

  /** A registrar has said that a life of a node is over. */
  left({ node, creation, cause }: NodeLeft): readonly RegistrarEvent[] {
    const memory = this.#memories.get(node)
    const isLast = memory !== undefined && creation === memory.creation
    if (isLast && memory.end !== 'left') memory.end = cause
    return this.node(node)
  }

  /** A registrar has told something of an application. */
  application(part: UnionPart, node: string, name: string): readonly RegistrarEvent[] {
    const events = this.node(node)
    const memory = this.#memories.get(node)
    const isHeard = memory?.source === part && part.node(node) !== undefined
    if (memory === undefined || !isHeard) return events
    const [route] = part.applicationsOn(node, name)
    return [...events, ...this.#application(node, memory, name, route)]
  }

  /** Anything may be another thing: a registrar was lost, or is there again. */
  all(): readonly RegistrarEvent[] {
    const named = this.#parts.flatMap((part) => part.nodes().map(({ node }) => node))
    return [...new Set([...this.#memories.keys(), ...named])].flatMap((node) => this.node(node))
  }

  /** Whoever should be the source of a node has had its time to catch up. */
  settle(): readonly RegistrarEvent[] {
    const nodes = [...this.#unsettled]
    this.#unsettled.clear()
    return nodes.flatMap((node) => {
      const words = this.#wordsOn(node)
      const memory = this.#memories.get(node)
      if (memory === undefined || words.length === 0) return NOTHING
      return this.#takeApplications(node, memory, sourceOf(memory, words))
    })
  }

  clear(): void {
    this.#unsettled.clear()
    this.#memories.clear()
    this.#table.clear()
  }

  /** What counts of what is said of a node; what is remembered of it follows. */
  #wordsOn(node: string): readonly Word[] {
    const all = this.#parts.flatMap((part) => {
      const route = part.node(node)
      return route === undefined ? [] : [{ part, route }]
    })
    if (all.length === 0) return []
    const creation = Math.max(...all.map(({ route }) => route.creation))
    const memory = this.#memoryOf(node, creation)
    const ofLife = all.filter(({ route }) => [0, memory.creation].includes(route.creation))
    // Who has lost its server cannot know that a life is over of which another one says so.
    const words = ofLife.filter(
      ({ part }) => memory.end === undefined || (part.isConnected && !memory.isOver),
    )
    memory.isLeaving ||= words.some(({ route }) => route.state === 'leaving')
    return words
  }

  #memoryOf(node: string, creation: number): Memory {
    const known = this.#memories.get(node)
    if (known !== undefined && creation <= known.creation) return known
    const applications = known?.applications ?? new Set<string>()
    const fresh = { isLeaving: false, end: undefined, isOver: false, source: undefined }
    const memory: Memory = { ...fresh, isSecondHand: false, creation, applications }
    this.#memories.set(node, memory)
    return memory
  }

  #put(node: string, memory: Memory, words: readonly Word[]): readonly RegistrarEvent[] {
    const { creation } = memory
    const best = bestOf(words)
    const isNew = isOther(this.#table.resolve(node)?.creation, creation)
    // Whoever sees it now knows better than one that had lost sight of it.
    if (memory.end === 'lost' && best.part.isConnected) memory.end = undefined
    const route = {
      ...best.route,
      ...placesOf(words, best),
      creation,
      state: stateOf(memory, words),
    }
    const events = this.#table.putNode(route)
    this.#unsettled.delete(node)
    const source = sourceOf(memory, words)
    if (isNew) memory.applications.clear()
    else if (source === memory.source) return events
    else if (memory.source !== undefined && !isListed(memory.source, node)) {
      this.#unsettled.add(node)
      return events
    }
    return [...events, ...this.#takeApplications(node, memory, source)]
  }

  #remove(node: string, memory: Memory): readonly RegistrarEvent[] {
    const { creation, end: cause = 'lost' } = memory
    memory.applications.clear()
    memory.source = undefined
    memory.isOver = cause === 'left'
    this.#unsettled.delete(node)
    // What nobody names any more is forgotten; an old word on it must not bring it back.
    const isNamed = this.#parts.some((part) => part.node(node) !== undefined)
    if (!isNamed) this.#memories.delete(node)
    return this.#table.removeNode({ node, creation }, cause)
  }

  /** What runs on a node is what this registrar says. */
  #takeApplications(node: string, memory: Memory, part: UnionPart): readonly RegistrarEvent[] {
    memory.isSecondHand ||= memory.source !== undefined && memory.source !== part
    memory.source = part
    const routes = part.applicationsOn(node)
    const named = new Set(routes.map(({ name }) => name))
    const gone = [...memory.applications].filter((name) => !named.has(name))
    return [
      ...gone.flatMap((name) => this.#application(node, memory, name, undefined)),
      ...routes.flatMap((route) => this.#application(node, memory, route.name, route)),
    ]
  }

  #application(
    node: string,
    memory: Memory,
    name: string,
    route: ApplicationRoute | undefined,
  ): readonly RegistrarEvent[] {
    const life = { node, creation: memory.creation }
    if (route === undefined) {
      memory.applications.delete(name)
      return this.#table.removeApplication(life, name)
    }
    // Where a node goes everything comes to an end: who says less has not heard of it yet.
    const isLate = memory.isLeaving && memory.isSecondHand
    if (isLate && !isNearer(route, this.#applicationOn(node, name))) return NOTHING
    memory.applications.add(name)
    return this.#table.putApplication(life, ownPart(route))
  }

  #applicationOn(node: string, name: string): ApplicationRoute | undefined {
    return this.#table.applications(name).find((route) => route.node === node)
  }
}

/** How near its end an application is. */
const NEARNESS: Readonly<Record<ApplicationState, number>> = Object.freeze({
  starting: 0,
  running: 0,
  stopping: 1,
  loaded: 2,
})

/** True: as near as what is known of it, or nearer; what is not there any more has ended. */
const isNearer = (one: ApplicationRoute, known: ApplicationRoute | undefined): boolean =>
  known !== undefined && NEARNESS[one.state] >= NEARNESS[known.state]

/** Who is connected before who is not, who knows the birth before who does not, then in order. */
function bestOf(words: readonly Word[]): Word {
  const rank = ({ part, route }: Word): number =>
    (part.isConnected ? 0 : 2) + (route.creation === 0 ? 1 : 0)
  return words.reduce((best, word) => (rank(word) < rank(best) ? word : best))
}

/** True: what was known of a node was another life of it, or nothing. */
const isOther = (before: number | undefined, creation: number): boolean =>
  before === undefined || (before !== 0 && creation !== 0 && before !== creation)

/** Whom to take what runs on a node from: as before, unless there is a reason. */
function sourceOf({ source }: Memory, words: readonly Word[]): UnionPart {
  const best = bestOf(words)
  const word = words.find(({ part }) => part === source)
  if (word === undefined) return best.part
  const isAsNear = word.part.isConnected || !best.part.isConnected
  const isAsPrecise = word.route.creation !== 0 || best.route.creation === 0
  return isAsNear && isAsPrecise ? word.part : best.part
}

/** True: it knows a node from a list, which tells of no change. */
const isListed = (part: UnionPart, node: string): boolean => part.node(node)?.creation === 0

/** Where it is, as whoever knows a place says. */
function placesOf(words: readonly Word[], best: Word): Pick<NodeRoute, 'addresses' | 'liveness'> {
  const { route } =
    [best, ...words].find(({ route: { addresses } }) => addresses.length > 0) ?? best
  return { addresses: route.addresses, liveness: best.route.liveness ?? route.liveness }
}

/** Leaving when anyone says so; up when one does that is connected; suspect when all say so. */
function stateOf({ isLeaving }: Memory, words: readonly Word[]): NodeRouteState {
  if (isLeaving) return 'leaving'
  const connected = words.filter(({ part }) => part.isConnected)
  const heard = connected.length > 0 ? connected : words
  return heard.some(({ route }) => route.state === 'up') ? 'up' : 'suspect'
}

function ownPart(route: ApplicationRoute): OwnApplicationRoute {
  const { node: _node, nodeState: _state, ...own } = route
  return own
}
