/**
 * Nodes with registrars of two hubs, and what they are told; for the tests of the composite one.
 */
import {
  type CompositeRegistrarOptions,
  compositeRegistrar,
  type OwnApplicationRoute,
  type Registrar,
  type RegistrarEvent,
  type RegistrarHome,
  TroupeError,
} from 'troupe'
import {
  type MemoryHub,
  memoryHub,
  memoryRegistrar,
  seededRandom,
  virtualClock,
} from 'troupe/testing'
import type { Logger } from '#contract'
import { applicationRoute } from '#test/unit/cluster/routes'

export type HubName = 'A' | 'B'

const QUIET = { debug() {}, info() {}, warning() {}, error() {} } as unknown as Logger
const BORN_MS = Date.UTC(2025, 0, 1)

/** Two servers, the second slower than the first, and nodes that use one of them or both. */
export class TwoHubs {
  readonly clock = virtualClock()
  readonly A = memoryHub({ clock: this.clock })
  readonly B: MemoryHub
  #creation = BORN_MS

  /** So much later the second one tells everything. */
  constructor(latencyMs = 4) {
    this.B = memoryHub({ clock: this.clock, latencyMs })
  }

  /** A life of a node that has not begun. */
  make(node: string, registrar: Registrar): Life {
    this.#creation += 1
    return new Life(node, this.#creation, registrar, this)
  }

  of(hub: HubName): Registrar {
    return memoryRegistrar(this[hub])
  }

  /** A life of a node that uses these hubs. */
  async begin(node: string, hubs: readonly HubName[]): Promise<Life> {
    const registrars = hubs.map((hub) => this.of(hub))
    const life = this.make(node, composite(registrars))
    await life.start()
    return life
  }

  until<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise)
  }

  /** Whatever is on its way arrives. */
  async pass(ms = 20): Promise<void> {
    await this.clock.advance(ms)
  }
}

export const composite = (
  registrars: readonly Registrar[],
  options?: CompositeRegistrarOptions,
): Registrar => compositeRegistrar(registrars, options)

export class Life {
  readonly node: string
  readonly creation: number
  readonly registrar: Registrar
  readonly events: RegistrarEvent[] = []
  readonly #world: TwoHubs

  constructor(node: string, creation: number, registrar: Registrar, world: TwoHubs) {
    this.node = node
    this.creation = creation
    this.registrar = registrar
    this.#world = world
  }

  get words(): readonly string[] {
    return this.events.map(wordOf)
  }

  get names(): readonly string[] {
    return this.registrar
      .nodes()
      .map(({ node }) => node)
      .sort()
  }

  start(): Promise<void> {
    return this.#world.until(this.registrar.start(this.home()))
  }

  put(name: string, given?: Partial<OwnApplicationRoute>): void {
    this.registrar.putApplication(applicationRoute(name, given))
  }

  stateOf(node: string): string | undefined {
    return this.registrar.nodes().find((route) => route.node === node)?.state
  }

  where(name?: string): readonly string[] {
    return this.registrar.applications(name).map((route) => `${route.name} ${route.node}`)
  }

  async stop(): Promise<void> {
    await this.#world.until(this.registrar.leave())
    await this.#world.until(this.registrar.stop())
  }

  home(): RegistrarHome {
    const { clock } = this.#world
    const { node, creation, events } = this
    const random = seededRandom(1)
    return {
      ...{ node, creation, version: '0', hidden: false, clock, random, log: QUIET },
      randomBytes: (length) => Uint8Array.from({ length }, () => random.below(256)),
      keyFor: () => new Uint8Array(32),
      addresses: () => [{ transport: 'tcp', host: '127.0.0.1', port: 11_144, path: '' }],
      liveness: () => undefined,
      side: () => undefined,
      tell: (event) => void events.push(event),
    }
  }
}

/** An event as a test reads it. */
export function wordOf(event: RegistrarEvent): string {
  switch (event.kind) {
    case 'node-left':
      return `left ${event.node} ${event.cause}`
    case 'config-updated':
      return `config ${event.item} ${event.before} ${event.value}`
    case 'config-invalid':
      return `config-invalid ${event.item}`
    case 'registrar-connected':
    case 'registrar-disconnected':
      return `${event.kind.slice('registrar-'.length)} ${event.server}`
    case 'node-duplicate':
      return `duplicate ${event.node}`
    case 'node-joined':
    case 'node-suspect':
    case 'node-well':
    case 'node-leaving':
      return `${event.kind.slice('node-'.length)} ${event.node}`
    default:
      return `${event.kind.slice('application-'.length)} ${event.name} ${event.node}`
  }
}

/** What a registrar fails of. */
export const failed = (problem: string): TroupeError =>
  new TroupeError('REGISTRAR_FAILED', { registrar: 'x', problem })
