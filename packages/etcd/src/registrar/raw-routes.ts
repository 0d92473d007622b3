/**
 * registrar/raw-routes: the routes as they stand in etcd at one revision, read and checked.
 *
 * What cannot be read is refused and counted; a key whose new value cannot be read keeps what it
 * said last. Knows nothing of what was told: that is `RouteMirror`.
 * Limit: `ROUTE_LIMITS`, over whatever others write.
 *
 * @source ergo-features 21 (mirror)
 */
import type { OwnApplicationRoute } from 'troupe'
import { ROUTE_LIMITS, type RouteLimits } from 'troupe/registrar'
import type { KeyValue, WatchEvent } from '#etcd/client/etcd-client'
import type { EtcdKeys, RouteKey } from './keys.js'
import {
  type ApplicationText,
  type NodeText,
  type Read,
  readApplication,
  readLeaving,
  readNode,
} from './route-text.js'

/** A node as etcd has it. */
export interface RawNode extends NodeText {
  /** Of its last change: who came later. */
  readonly modRevision: number
}

/** What etcd has of the own node, whoever wrote it. */
export interface OwnKeys {
  /** Of the store, when it was so. */
  readonly revision: number
  /** Undefined: the key is not there. */
  readonly node: { readonly life: string | undefined; readonly modRevision: number } | undefined
  readonly applications: ReadonlyMap<string, string>
  /** The life that leaves, as others read it. */
  readonly leaving: number | undefined
}

/** Takes what is refused: why, and where it stands. */
export type Refuse = (code: string, problem: string, key: Uint8Array) => void

type Applications = Map<string, ApplicationText>

const NONE: ReadonlyMap<string, ApplicationText> = new Map()

export class RawRoutes {
  readonly #own: string
  readonly #keys: EtcdKeys
  readonly #refuse: Refuse
  readonly #limits: RouteLimits
  #nodes = new Map<string, RawNode>()
  #leaving = new Map<string, number>()
  #applications = new Map<string, Applications>()
  #applicationCount = 0
  #isShort = false
  #ownNode: OwnKeys['node'] = undefined
  #ownApplications = new Map<string, string>()

  constructor(own: string, keys: EtcdKeys, refuse: Refuse, limits = ROUTE_LIMITS) {
    this.#own = own
    this.#keys = keys
    this.#refuse = refuse
    this.#limits = limits
  }

  /** Something was left out for lack of room since all was read. */
  get isShort(): boolean {
    return this.#isShort
  }

  own(revision: number): OwnKeys {
    const leaving = this.#leaving.get(this.#own)
    return { revision, node: this.#ownNode, applications: this.#ownApplications, leaving }
  }

  nodes(): Iterable<string> {
    return this.#nodes.keys()
  }

  node(node: string): RawNode | undefined {
    return this.#nodes.get(node)
  }

  isLeaving(node: string, creation: number): boolean {
    return this.#leaving.get(node) === creation
  }

  /** What a life of a node runs. */
  application(node: string, creation: number, name: string): OwnApplicationRoute | undefined {
    const text = this.#applications.get(node)?.get(name)
    return text?.creation === creation ? text.route : undefined
  }

  applicationNames(node: string): Iterable<string> {
    return (this.#applications.get(node) ?? NONE).keys()
  }

  /** Everything that etcd has; what was there before is no more. */
  replace(entries: readonly KeyValue[]): void {
    const [nodes, leaving, applications] = [this.#nodes, this.#leaving, this.#applications]
    this.clear()
    const later: (readonly [RouteKey, KeyValue])[] = []
    const put = (key: RouteKey, entry: KeyValue): void => {
      if (!this.#put(key, entry)) this.#keep(key, nodes, leaving, applications)
    }
    for (const entry of entries) {
      const key = this.#keys.read(entry.key)
      if (key === undefined) this.#refuse('KEY_INVALID', 'no such key is known', entry.key)
      else if (key.kind === 'node') put(key, entry)
      else later.push([key, entry])
    }
    // What is said of nodes that are not there takes no room from the others.
    const isOfNode = ([{ node }]: readonly [RouteKey, KeyValue]): boolean =>
      node === this.#own || this.#nodes.has(node)
    for (const one of later) if (isOfNode(one)) put(...one)
    for (const one of later) if (!isOfNode(one)) put(...one)
  }

  /** One change; answers what it is about, undefined when it changes nothing here. */
  change(event: WatchEvent): RouteKey | undefined {
    const bytes = event.kind === 'put' ? event.entry.key : event.key
    const key = this.#keys.read(bytes)
    if (key === undefined) {
      if (event.kind === 'put') this.#refuse('KEY_INVALID', 'no such key is known', bytes)
      return undefined
    }
    if (event.kind === 'put') return this.#put(key, event.entry) ? key : undefined
    this.#remove(key)
    return key
  }

  clear(): void {
    this.#nodes = new Map()
    this.#leaving = new Map()
    this.#applications = new Map()
    this.#applicationCount = 0
    this.#isShort = false
    this.#ownNode = undefined
    this.#ownApplications = new Map()
  }

  /** A key that is there and cannot be read goes on saying what it said. */
  #keep(
    key: RouteKey,
    nodes: ReadonlyMap<string, RawNode>,
    leaving: ReadonlyMap<string, number>,
    applications: ReadonlyMap<string, Applications>,
  ): void {
    if (key.kind === 'node') set(this.#nodes, key.node, nodes.get(key.node))
    else if (key.kind === 'leaving') set(this.#leaving, key.node, leaving.get(key.node))
    else {
      const text = applications.get(key.node)?.get(key.name)
      if (text !== undefined) this.#putApplication(key.node, key.name, text)
    }
  }

  /** False: what is there cannot be read, or there is no room for it. */
  #put(key: RouteKey, entry: KeyValue): boolean {
    if (key.node === this.#own && key.kind !== 'leaving') return this.#putOwn(key, entry)
    switch (key.kind) {
      case 'node':
        return this.#putNode(key.node, entry)
      case 'leaving': {
        const text = this.#accept(readLeaving(entry.value, key.node), entry)
        if (text === undefined || !this.#hasRoom(this.#leaving, key.node, entry)) return false
        this.#leaving.set(key.node, text.creation)
        return true
      }
      case 'application': {
        const text = this.#accept(readApplication(entry.value, key), entry)
        if (text === undefined) return false
        const holds = this.#putApplication(key.node, key.name, text)
        if (!holds) this.#leaveOut('there are too many applications', entry)
        return holds
      }
    }
  }

  #putNode(node: string, entry: KeyValue): boolean {
    const text = this.#accept(readNode(entry.value, node), entry)
    if (text === undefined || !this.#hasRoom(this.#nodes, node, entry)) return false
    this.#nodes.set(node, { ...text, modRevision: entry.modRevision })
    return true
  }

  #putApplication(node: string, name: string, text: ApplicationText): boolean {
    const { applicationsMax, applicationsPerNodeMax } = this.#limits
    const applications = this.#applications.get(node) ?? new Map<string, ApplicationText>()
    if (!applications.has(name)) {
      const isFull =
        applications.size >= applicationsPerNodeMax || this.#applicationCount >= applicationsMax
      if (isFull) return false
      this.#applicationCount += 1
    }
    this.#applications.set(node, applications.set(name, text))
    return true
  }

  #putOwn(key: RouteKey, { value, modRevision }: KeyValue): boolean {
    if (key.kind === 'node') {
      this.#ownNode = { life: readNode(value, key.node).value?.life, modRevision }
    } else if (key.kind === 'application') {
      const { applicationsPerNodeMax } = this.#limits
      const holds = this.#ownApplications.size < applicationsPerNodeMax
      if (holds) this.#ownApplications.set(key.name, value.toString())
    }
    return true
  }

  #remove(key: RouteKey): void {
    if (key.kind === 'leaving') this.#leaving.delete(key.node)
    else if (key.node === this.#own) {
      if (key.kind === 'node') this.#ownNode = undefined
      else this.#ownApplications.delete(key.name)
    } else if (key.kind === 'node') this.#nodes.delete(key.node)
    else this.#removeApplication(key.node, key.name)
  }

  #removeApplication(node: string, name: string): void {
    const applications = this.#applications.get(node)
    if (applications?.delete(name) !== true) return
    this.#applicationCount -= 1
    if (applications.size === 0) this.#applications.delete(node)
  }

  #accept<T>(read: Read<T>, { key }: KeyValue): T | undefined {
    if (read.code !== undefined) this.#refuse(read.code, read.problem, key)
    return read.value
  }

  #hasRoom(map: ReadonlyMap<string, unknown>, node: string, entry: KeyValue): boolean {
    const holds = node === this.#own || map.has(node) || map.size < this.#limits.nodesMax
    if (!holds) this.#leaveOut('there are too many nodes', entry)
    return holds
  }

  #leaveOut(problem: string, { key }: KeyValue): void {
    this.#isShort = true
    this.#refuse('ROUTES_FULL', problem, key)
  }
}

function set<T>(map: Map<string, T>, node: string, value: T | undefined): void {
  if (value !== undefined) map.set(node, value)
}
