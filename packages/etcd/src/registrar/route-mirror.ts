/**
 * registrar/route-mirror: what this node knows of the others, and what it tells when etcd changes.
 *
 * Each revision is taken as one change: what stands in etcd then is compared with what is known,
 * for the nodes it is about. A node whose key is gone without a word that it leaves is suspect and
 * keeps its applications, until somebody says that it has been so for too long. Pure.
 *
 * Of two lives of a node the one that was written later holds, whatever their clocks say; only a
 * store that went back in time shows an earlier one, which is passed over.
 *
 * @source ergo-features 21 (mirror, suspect), weakness 17; design 6
 */
import type { ApplicationRoute, NodeRoute, RegistrarEvent } from 'troupe'
import { type NodeLife, ROUTE_LIMITS, RouteTable } from 'troupe/registrar'
import type { KeyValue, WatchEvent } from '#etcd/client/etcd-client'
import type { EtcdKeys } from './keys.js'
import { type OwnKeys, type RawNode, RawRoutes, type Refuse } from './raw-routes.js'

/** What a mirror tells besides its events. */
export interface MirrorVerbs {
  readonly refuse: Refuse
  /** A node is missed from now on; and is no more, whether it is there again or has gone. */
  missed(life: NodeLife): void
  found(node: string): void
  /** The keys of the own node are others now. */
  ownChanged(own: OwnKeys): void
  /** There may be room for what was left out: all is to be read again. */
  hasRoom(): void
}

/** Applications of a node that have changed; undefined: all may have. */
type Touched = Map<string, Set<string> | undefined>

const NOTHING: readonly RegistrarEvent[] = Object.freeze([])
const NO_KEY = new Uint8Array()

export class RouteMirror {
  readonly #own: NodeLife
  readonly #verbs: MirrorVerbs
  readonly #table: RouteTable
  readonly #raw: RawRoutes
  /** The last change of the key of each node that is known. */
  readonly #seen = new Map<string, number>()
  /** Applications that are known, by node. */
  readonly #shown = new Map<string, Set<string>>()

  /** What the table had left out before all was read. */
  #leftOut = 0

  constructor(own: NodeLife, keys: EtcdKeys, verbs: MirrorVerbs, limits = ROUTE_LIMITS) {
    this.#own = own
    this.#verbs = verbs
    this.#table = new RouteTable(own, limits)
    this.#raw = new RawRoutes(own.node, keys, verbs.refuse, limits)
  }

  get size(): number {
    return this.#table.size
  }

  get refused(): Readonly<Record<string, number>> {
    return this.#table.refused
  }

  nodes(): readonly NodeRoute[] {
    return this.#table.nodes()
  }

  resolve(node: string): NodeRoute | undefined {
    return this.#table.resolve(node)
  }

  applications(name?: string): readonly ApplicationRoute[] {
    return this.#table.applications(name)
  }

  /** Everything there is, as of a revision; answers what is different from what was known. */
  replace(entries: readonly KeyValue[], revision: number): readonly RegistrarEvent[] {
    this.#raw.replace(entries)
    this.#leftOut = this.#fullCount
    const known = this.#table.nodes().map(({ node }) => node)
    const nodes = new Set([...known, ...this.#raw.nodes()])
    const events = [...nodes].flatMap((node) => this.#settle(node, undefined))
    this.#verbs.ownChanged(this.#raw.own(revision))
    return events
  }

  /** What happened, in order. */
  take(changes: readonly WatchEvent[], revision: number): readonly RegistrarEvent[] {
    const events: RegistrarEvent[] = []
    let touched: Touched = new Map()
    let at = 0
    for (const change of changes) {
      const now = change.kind === 'put' ? change.entry.modRevision : change.modRevision
      if (now !== at) {
        events.push(...this.#settleAll(touched, at))
        touched = new Map()
        at = now
      }
      this.#touch(touched, change)
    }
    events.push(...this.#settleAll(touched, Math.max(at, revision)))
    const isLess = changes.some(({ kind }) => kind === 'delete')
    if (isLess || events.some(({ kind }) => kind === 'node-joined')) this.#fill()
    return events
  }

  /** A node has been missed for too long. */
  giveUp(life: NodeLife): readonly RegistrarEvent[] {
    const route = this.#table.resolve(life.node)
    if (route?.state !== 'suspect' || route.creation !== life.creation) return NOTHING
    // An earlier life may stand there, passed over so far.
    const events = [...this.#remove(route, 'lost'), ...this.#settle(life.node, undefined)]
    this.#fill()
    return events
  }

  clear(): void {
    this.#raw.clear()
    this.#table.clear()
    this.#seen.clear()
    this.#shown.clear()
  }

  get #fullCount(): number {
    return this.#table.refused['ROUTES_FULL'] ?? 0
  }

  #fill(): void {
    if (this.#raw.isShort || this.#fullCount > this.#leftOut) this.#verbs.hasRoom()
  }

  #touch(touched: Touched, change: WatchEvent): void {
    const key = this.#raw.change(change)
    if (key === undefined) return
    if (key.kind !== 'application') {
      touched.set(key.node, undefined)
      return
    }
    const names = touched.has(key.node) ? touched.get(key.node) : new Set<string>()
    touched.set(key.node, names?.add(key.name))
  }

  #settleAll(touched: Touched, revision: number): readonly RegistrarEvent[] {
    const events: RegistrarEvent[] = []
    for (const [node, names] of touched) {
      if (node === this.#own.node) this.#verbs.ownChanged(this.#raw.own(revision))
      else events.push(...this.#settle(node, names))
    }
    return events
  }

  /** What is known of a node becomes what etcd has of it. */
  #settle(node: string, names: ReadonlySet<string> | undefined): readonly RegistrarEvent[] {
    const raw = this.#raw.node(node)
    const known = this.#table.resolve(node)
    if (raw === undefined || this.#isOutdated(raw, known)) return this.#miss(known)
    const isOther = known !== undefined && known.creation !== raw.route.creation
    const gone = isOther ? this.#remove(known, endOf(known)) : NOTHING
    const isLeaving = this.#raw.isLeaving(node, raw.route.creation)
    const route: NodeRoute = { ...raw.route, state: isLeaving ? 'leaving' : 'up' }
    this.#seen.set(node, raw.modRevision)
    this.#verbs.found(node)
    const isSame = known === undefined || isOther || known.state === 'suspect'
    const put = this.#table.putNode(route)
    return [...gone, ...put, ...this.#settleApplications(raw, isSame ? undefined : names)]
  }

  /** True: etcd shows an earlier life than was seen, so it has gone back itself. */
  #isOutdated({ route, modRevision }: RawNode, known: NodeRoute | undefined): boolean {
    const seen = this.#seen.get(route.node) ?? 0
    const isEarlier = known !== undefined && route.creation < known.creation && modRevision < seen
    if (isEarlier) {
      this.#verbs.refuse('NODE_INCARNATION_OLD', `an earlier life of ${route.node}`, NO_KEY)
    }
    return isEarlier
  }

  /** The key of a node is not there. */
  #miss(known: NodeRoute | undefined): readonly RegistrarEvent[] {
    if (known === undefined || known.state === 'suspect') return NOTHING
    const { node, creation } = known
    const isLeft = known.state === 'leaving' || this.#raw.isLeaving(node, creation)
    if (isLeft) return this.#remove(known, 'left')
    this.#verbs.missed({ node, creation })
    return this.#table.suspect({ node, creation })
  }

  #remove(life: NodeLife, cause: 'left' | 'lost'): readonly RegistrarEvent[] {
    this.#seen.delete(life.node)
    this.#shown.delete(life.node)
    this.#verbs.found(life.node)
    return this.#table.removeNode(life, cause)
  }

  #settleApplications(
    { route: life, isAttaching }: RawNode,
    names: ReadonlySet<string> | undefined,
  ): readonly RegistrarEvent[] {
    const { node, creation } = life
    const shown = this.#shown.get(node) ?? new Set<string>()
    const events: RegistrarEvent[] = []
    for (const name of names ?? new Set([...shown, ...this.#raw.applicationNames(node)])) {
      const route = this.#raw.application(node, creation, name)
      if (route !== undefined) {
        events.push(...this.#table.putApplication(life, route))
        shown.add(name)
      } else if (!isAttaching) {
        events.push(...this.#table.removeApplication(life, name))
        shown.delete(name)
      }
    }
    if (shown.size > 0) this.#shown.set(node, shown)
    else this.#shown.delete(node)
    return events
  }
}

const endOf = ({ state }: NodeRoute): 'left' | 'lost' => (state === 'leaving' ? 'left' : 'lost')
