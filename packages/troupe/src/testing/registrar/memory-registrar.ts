/**
 * testing/registrar/memory-registrar: a registrar whose server is a hub in the same program.
 *
 * A whole registrar: it keeps a mirror, goes on answering while it is cut off, and registers anew
 * with its applications when it is mended. For tests in virtual time, and for programs of several
 * nodes in one process.
 *
 * @source design 6; contract/registrar
 */
import { placeOf } from '#cluster/config/config-change'
import { ConfigStore } from '#cluster/config/config-store'
import { requireApplicationRoute } from '#cluster/registrar/route-check'
import { type NodeLife, RouteTable } from '#cluster/registrar/route-table'
import {
  type ApplicationRoute,
  type ConfigChange,
  type ConfigHeld,
  type ConfigValue,
  type NodeRoute,
  type OwnApplicationRoute,
  type Registrar,
  type RegistrarEvent,
  type RegistrarHome,
  type RegistrarInfo,
  requireOption,
  TroupeError,
} from '#contract'
import type { HubClient, HubWord, MemoryHub } from './memory-hub.js'

const SERVER = 'memory hub'
const NOBODY: NodeLife = Object.freeze({ node: '', creation: 0 })

/**
 * Makes the registrar of one node; all nodes of one hub find each other.
 *
 * @example
 * const hub = memoryHub({ clock })
 * const cluster = simulatedCluster({ seed: 7, hosts, registrar: () => memoryRegistrar(hub) })
 */
export function memoryRegistrar(hub: MemoryHub): Registrar {
  return new MemoryRegistrar(hub)
}

class MemoryRegistrar implements Registrar, HubClient {
  readonly kind = 'memory'
  readonly #hub: MemoryHub
  readonly #own = new Map<string, OwnApplicationRoute>()
  #home: RegistrarHome | undefined = undefined
  #table = new RouteTable(NOBODY)
  #config = new ConfigStore('')
  #state: RegistrarInfo['state'] = 'disconnected'
  #isLeaving = false
  /** What is heard first is told by no event: it is there when the start settles. */
  #hasBegun = false
  /** Until everything was heard once, changes mean nothing. */
  #isWhole = false
  #settleStart: () => void = () => {}

  constructor(hub: MemoryHub) {
    this.#hub = hub
  }

  get node(): string {
    return this.#home?.node ?? ''
  }

  async start(home: RegistrarHome): Promise<void> {
    const isNew = this.#home === undefined
    requireOption(isNew, 'registrar', this.kind, 'one object serves one node; make another one')
    this.#home = home
    this.#table = new RouteTable(this.#life)
    this.#config = new ConfigStore(home.node)
    this.#hub.join(this)
    if (!this.#hub.hears(home.node)) {
      this.#begin()
      return
    }
    try {
      this.#connect()
    } catch (thrown) {
      this.#hub.part(this)
      throw thrown
    }
    await new Promise<void>((settle) => {
      this.#settleStart = settle
    })
  }

  nodes(): readonly NodeRoute[] {
    return this.#table.nodes()
  }

  resolve(node: string): NodeRoute | undefined {
    return this.#table.resolve(node)
  }

  putApplication(route: OwnApplicationRoute): void {
    const checked = requireApplicationRoute(route)
    this.#own.set(checked.name, checked)
    if (this.#isHeard) this.#hub.putApplication(this.#life, checked)
  }

  removeApplication(name: string): void {
    const wasThere = this.#own.delete(name)
    if (wasThere && this.#isHeard) this.#hub.removeApplication(this.#life, name)
  }

  applications(name?: string): readonly ApplicationRoute[] {
    return this.#table.applications(name)
  }

  config(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return this.#config.values(items)
  }

  configHeld(): Iterable<ConfigHeld> {
    return this.#config.held()
  }

  async changeConfig(change: ConfigChange): Promise<boolean> {
    if (this.#isHeard) return this.#hub.changeConfig(placeOf(change), change)
    const problem = 'the hub cannot be reached'
    throw new TroupeError('REGISTRAR_FAILED', { registrar: this.kind, problem })
  }

  async leave(): Promise<void> {
    if (this.#isLeaving) return
    this.#isLeaving = true
    if (this.#isHeard) this.#hub.leaving(this.#life)
  }

  info(): RegistrarInfo {
    return Object.freeze({
      kind: this.kind,
      state: this.#state,
      server: SERVER,
      serving: false,
      supports: Object.freeze({ applications: true, config: true, events: true }),
      nodes: this.#table.size,
      refused: this.#table.refused,
    })
  }

  async stop(): Promise<void> {
    if (this.#isHeard) this.#hub.removeNode(this.#life, 'left')
    this.#hub.part(this)
    this.#state = 'stopped'
    this.#isWhole = false
    this.#own.clear()
    this.#table.clear()
    this.#config = new ConfigStore('')
    this.#settleStart()
  }

  reached(problem: string | undefined): void {
    if (problem === undefined) {
      this.#comeBack()
      return
    }
    this.#isWhole = false
    const wasConnected = this.#state === 'connected'
    this.#state = 'disconnected'
    this.#begin()
    if (wasConnected) this.#tell([{ kind: 'registrar-disconnected', server: SERVER, problem }])
  }

  replaced(problem: string): void {
    this.reached(problem)
    this.#tell([{ kind: 'node-duplicate', node: this.node, problem }])
  }

  hear(words: readonly HubWord[]): void {
    for (const word of words) {
      if (word.kind === 'all' ? word.to === this : this.#isWhole) this.#tell(this.#take(word))
    }
  }

  /** True: the hub knows this node, and what it says now is heard. */
  get #isHeard(): boolean {
    const isRegistered = this.#home !== undefined && !this.#home.hidden
    return isRegistered && this.#state !== 'stopped' && this.#hub.knows(this, this.#life)
  }

  get #life(): NodeLife {
    const { node, creation } = this.#home ?? NOBODY
    return { node, creation }
  }

  /** Registers with all that runs here, and asks for all there is. Throws NODE_NAME_TAKEN. */
  #connect(): void {
    const home = this.#home as RegistrarHome
    const { node, creation, version } = home
    const state = this.#isLeaving ? 'leaving' : 'up'
    if (!home.hidden) {
      const places = { addresses: home.addresses(), liveness: home.liveness() }
      this.#hub.register(this, { node, creation, ...places, version, state })
      this.#hub.attach(this.#life, [...this.#own.values()])
    }
    this.#hub.sync(this)
  }

  #comeBack(): void {
    try {
      this.#connect()
    } catch (thrown) {
      if (!TroupeError.is(thrown, 'NODE_NAME_TAKEN')) throw thrown
      const { problem } = thrown.detail
      this.#tell([{ kind: 'node-duplicate', node: this.node, problem: String(problem) }])
    }
  }

  #begin(): void {
    this.#hasBegun = true
    this.#settleStart()
  }

  #take(word: HubWord): readonly RegistrarEvent[] {
    switch (word.kind) {
      case 'all':
        return this.#takeAll(word)
      case 'node':
        return this.#table.putNode(word.route)
      case 'node-gone':
        return this.#table.removeNode(word.life, word.cause)
      case 'application':
        return this.#table.putApplication(word.life, word.route)
      case 'application-gone':
        return this.#table.removeApplication(word.life, word.name)
      case 'config':
        return this.#config.put(word.entry)
      case 'config-gone':
        return this.#config.remove(word.place, word.item)
    }
  }

  #takeAll({ routes, config }: Extract<HubWord, { readonly kind: 'all' }>) {
    const isBack = this.#hasBegun
    this.#isWhole = true
    this.#state = 'connected'
    const events = [...this.#table.replace(routes), ...this.#config.replace(config)]
    this.#begin()
    if (!isBack) return []
    return [{ kind: 'registrar-connected', server: SERVER } as const, ...events]
  }

  #tell(events: readonly RegistrarEvent[]): void {
    if (this.#state === 'stopped') return
    for (const event of events) this.#home?.tell(event)
  }
}
