/**
 * testing/registrar/memory-hub: the server of registrars in memory, with verbs for tests.
 *
 * All nodes of one program share a hub; its time is the clock it is given. Whatever can befall a
 * node and its server is a verb: cut off, mended, lost, suspect; so is each level of configuration.
 * What the hub tells takes `latencyMs`; what it is told is known to it at once.
 * Limit: `ROUTE_LIMITS`.
 *
 * @source design 6; contract/registrar
 */
import { type Cancel, type Clock, systemClock } from '#base/clock'
import { configText } from '#cluster/config/config-change'
import type { ConfigEntry, ConfigPlace } from '#cluster/config/config-store'
import { type NodeLife, type RouteSnapshot, RouteTable } from '#cluster/registrar/route-table'
import {
  type ApplicationRoute,
  type ConfigChange,
  type ConfigValue,
  type NodeRoute,
  type OwnApplicationRoute,
  requireDuration,
  requireOption,
  TroupeError,
} from '#contract'

/** How a hub is made. Times are milliseconds. */
export interface MemoryHubOptions {
  /** Its time; default that of the machine. */
  readonly clock?: Clock
  /** How long a change is on its way to the other nodes; default 1. */
  readonly latencyMs?: number
  /** A node that has been cut off so long is suspect; default 1,000. */
  readonly suspectMs?: number
  /** A node that has been cut off so long is lost; default 30,000. */
  readonly lostMs?: number
}

/** What the options of a hub leave open. */
export const MEMORY_HUB_DEFAULTS = Object.freeze({
  latencyMs: 1,
  suspectMs: 1_000,
  lostMs: 30_000,
})

/** What the hub tells its registrars; `all` is everything there is, for one of them. */
export type HubWord =
  | {
      readonly kind: 'all'
      readonly to: HubClient
      readonly routes: RouteSnapshot
      readonly config: readonly ConfigEntry[]
    }
  | { readonly kind: 'node'; readonly route: NodeRoute }
  | { readonly kind: 'node-gone'; readonly life: NodeLife; readonly cause: 'left' | 'lost' }
  | { readonly kind: 'application'; readonly life: NodeLife; readonly route: OwnApplicationRoute }
  | { readonly kind: 'application-gone'; readonly life: NodeLife; readonly name: string }
  | { readonly kind: 'config'; readonly entry: ConfigEntry }
  | { readonly kind: 'config-gone'; readonly place: ConfigPlace; readonly item: string }

/** A registrar, as the hub sees it. */
export interface HubClient {
  readonly node: string
  /** The hub is there again; or it is not, and why. */
  reached(problem: string | undefined): void
  /** A later life of the node has taken its place. */
  replaced(problem: string): void
  /** What has changed, in order, `latencyMs` after it did. */
  hear(words: readonly HubWord[]): void
}

/** Makes a hub, the server that several registrars in memory share. */
export function memoryHub(options: MemoryHubOptions = {}): MemoryHub {
  return new MemoryHub(options)
}

/** A node that is cut off, or has died; and the waits for what follows. */
interface Silence {
  readonly isDead: boolean
  readonly waits: readonly Cancel[]
}

const keyOf = (place: ConfigPlace, item: string): string =>
  JSON.stringify([place.level, 'node' in place ? place.node : '', item])

export class MemoryHub {
  readonly clock: Clock
  readonly latencyMs: number
  readonly #options: Required<Omit<MemoryHubOptions, 'clock'>>
  readonly #table = new RouteTable({ node: '', creation: 0 })
  readonly #config = new Map<string, ConfigEntry>()
  readonly #clients = new Set<HubClient>()
  /** Nodes that the hub does not hear. */
  readonly #silent = new Map<string, Silence>()
  #words: HubWord[] = []

  constructor(given: MemoryHubOptions) {
    const { clock = systemClock, ...options } = { ...MEMORY_HUB_DEFAULTS, ...given }
    const { latencyMs, suspectMs, lostMs } = options
    const isTime = typeof latencyMs === 'number' && latencyMs >= 0
    requireOption(isTime, 'latencyMs', latencyMs, 'give milliseconds, 0 or more')
    requireDuration('suspectMs', suspectMs)
    requireDuration('lostMs', lostMs)
    this.clock = clock
    this.latencyMs = latencyMs
    this.#options = options
  }

  /** The nodes that are registered. */
  nodes(): readonly NodeRoute[] {
    return this.#table.nodes()
  }

  /** Routes of an application, of all without a name. */
  applications(name?: string): readonly ApplicationRoute[] {
    return this.#table.applications(name)
  }

  /**
   * The hub and a node do not hear each other from now on. The node is suspect after `suspectMs`,
   * lost after `lostMs`.
   */
  cutOff(node: string): void {
    if (this.#silent.has(node)) return
    this.#beSilent(node, false)
    this.#clientOf(node)?.reached('the node was cut off')
  }

  /** They hear each other again; the node registers anew. */
  mend(node: string): void {
    if (this.hears(node)) return
    this.#endSilence(node)
    this.#clientOf(node)?.reached(undefined)
  }

  /** False: the node is cut off. */
  hears(node: string): boolean {
    return this.#silent.get(node)?.isDead !== false
  }

  /** The program of a node has died without a word; a later life may come at once. */
  kill(node: string): void {
    const client = this.#clientOf(node)
    if (client !== undefined) this.#clients.delete(client)
    this.#endSilence(node)
    this.#beSilent(node, true)
  }

  /** The hub calls a node suspect. */
  suspect(node: string): void {
    this.#mark(node, 'suspect')
  }

  /** The hub calls a node well. */
  well(node: string): void {
    this.#mark(node, 'up')
  }

  /** The hub gives a node up as lost, whatever it does. */
  lose(node: string): void {
    const route = this.#table.resolve(node)
    if (route !== undefined) this.removeNode(route, 'lost')
  }

  /** Sets an entry of the configuration; every node is told that it concerns. */
  setConfig(place: ConfigPlace, item: string, value: ConfigValue): void {
    const entry = { place, item, value }
    this.#config.set(keyOf(place, item), entry)
    this.#say({ kind: 'config', entry })
  }

  removeConfig(place: ConfigPlace, item: string): void {
    if (this.#config.delete(keyOf(place, item))) this.#say({ kind: 'config-gone', place, item })
  }

  /** Called by registrars: an entry is to be written; true when there was one before. */
  changeConfig(place: ConfigPlace, { item, value }: ConfigChange): boolean {
    const wasThere = this.#config.has(keyOf(place, item))
    if (value === undefined) this.removeConfig(place, item)
    else this.setConfig(place, item, configText(value))
    return wasThere
  }

  /** Called by registrars: one that wants to hear what changes. */
  join(client: HubClient): void {
    this.#clients.add(client)
  }

  part(client: HubClient): void {
    this.#clients.delete(client)
  }

  /** True: this life of a node is registered, and its registrar and the hub hear each other. */
  knows(client: HubClient, { node, creation }: NodeLife): boolean {
    const isHere = this.#clients.has(client) && this.hears(node)
    return isHere && this.#table.resolve(node)?.creation === creation
  }

  /** What runs on a node is this and nothing else. */
  attach(life: NodeLife, routes: readonly OwnApplicationRoute[]): void {
    const known = this.#table.applications().filter(({ node }) => node === life.node)
    for (const { name } of known)
      if (!routes.some((route) => route.name === name)) this.removeApplication(life, name)
    for (const route of routes) this.putApplication(life, route)
  }

  /** Tells a registrar everything, in its turn. */
  sync(client: HubClient): void {
    const applications = this.#table.applications().map(({ nodeState: _, ...route }) => route)
    const routes = { nodes: this.#table.nodes(), applications }
    this.#say({ kind: 'all', to: client, routes, config: [...this.#config.values()] })
  }

  /** Called by registrars. Throws NODE_NAME_TAKEN while another life of the node is well. */
  register(client: HubClient, route: NodeRoute): void {
    const { node, creation } = route
    const known = this.#table.resolve(node)
    const isOther = known !== undefined && known.creation !== creation
    if (isOther && !(this.#isLost(known) && creation > known.creation)) {
      const problem = `it was registered by a program that began at ${known.creation}`
      throw new TroupeError('NODE_NAME_TAKEN', { node, problem })
    }
    if (isOther) this.#replace(client, known)
    if (this.#table.putNode(route).length > 0 || known !== undefined)
      this.#say({ kind: 'node', route })
  }

  removeNode(life: NodeLife, cause: 'left' | 'lost'): void {
    const { node, creation } = life
    if (this.#table.removeNode(life, cause).length > 0)
      this.#say({ kind: 'node-gone', life: { node, creation }, cause })
  }

  putApplication(life: NodeLife, route: OwnApplicationRoute): void {
    if (this.#table.putApplication(life, route).length > 0)
      this.#say({ kind: 'application', life, route })
  }

  removeApplication(life: NodeLife, name: string): void {
    if (this.#table.removeApplication(life, name).length > 0)
      this.#say({ kind: 'application-gone', life, name })
  }

  leaving({ node }: NodeLife): void {
    this.#mark(node, 'leaving')
  }

  #beSilent(node: string, isDead: boolean): void {
    const { suspectMs, lostMs } = this.#options
    const waits = [
      this.clock.after(suspectMs, () => this.suspect(node)),
      this.clock.after(lostMs, () => this.lose(node)),
    ]
    this.#silent.set(node, { isDead, waits })
  }

  #endSilence(node: string): void {
    for (const cancel of this.#silent.get(node)?.waits ?? []) cancel()
    this.#silent.delete(node)
  }

  #isLost({ node, state }: NodeRoute): boolean {
    return state === 'suspect' || this.#silent.has(node)
  }

  /** A later life is there: what was cut off, or called suspect, was the earlier one. */
  #replace(client: HubClient, { node, creation }: NodeRoute): void {
    this.#endSilence(node)
    for (const other of [...this.#clients]) {
      if (other === client || other.node !== node) continue
      this.#clients.delete(other)
      other.replaced(`a program that began after ${creation} has this name now`)
    }
  }

  #mark(node: string, state: NodeRoute['state']): void {
    const route = this.#table.resolve(node)
    if (route === undefined) return
    this.#table.putNode({ ...route, state })
    this.#say({ kind: 'node', route: { ...route, state } })
  }

  #clientOf(node: string): HubClient | undefined {
    return [...this.#clients].findLast((client) => client.node === node)
  }

  /** What is said in one go is told in one go. */
  #say(word: HubWord): void {
    this.#words.push(word)
    if (this.#words.length > 1) return
    this.clock.after(this.latencyMs, () => {
      const words = this.#words
      this.#words = []
      for (const client of [...this.#clients]) if (this.hears(client.node)) client.hear(words)
    })
  }
}
