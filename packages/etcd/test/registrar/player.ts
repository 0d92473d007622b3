/**
 * etcd/test/registrar/player: nodes with registrars on an etcd in memory, in virtual time.
 */

import { type EtcdRegistrarOptions, etcdRegistrar } from '@troupe/etcd'
import { type MemoryEtcd, memoryEtcd } from '@troupe/etcd/testing'
import type { OwnApplicationRoute, Registrar, RegistrarEvent, RegistrarHome } from 'troupe'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { EtcdKeys } from '#etcd/registrar/keys'
import { keptLog, PLACE, type Place, surroundingsOf } from './stage.js'

/** Lives begin here. */
export const BORN_MS = Date.UTC(2025, 0, 1)

export interface PlayerGiven extends EtcdRegistrarOptions {
  readonly creation?: number
  readonly hidden?: boolean
  /** Of its client; default its name. */
  readonly line?: string
}

export const applicationOf = (
  name: string,
  given: Partial<OwnApplicationRoute> = {},
): OwnApplicationRoute => ({
  ...{ name, state: 'running', mode: 'permanent', weight: 100 },
  ...{ tags: [], version: '', roles: {} },
  ...given,
})

/** An etcd in memory and its time. */
export class World {
  readonly clock: VirtualClock = virtualClock()
  readonly etcd: MemoryEtcd
  readonly keys: EtcdKeys
  readonly place: Place
  #seed: number

  constructor(seed = 1, place = PLACE) {
    this.#seed = seed
    this.place = place
    this.etcd = memoryEtcd({ clock: this.clock, seed })
    this.keys = new EtcdKeys(place)
  }

  player(node: string, given: PlayerGiven = {}): Player {
    this.#seed += 1
    return new Player(this, node, given, this.#seed)
  }

  async begin(node: string, given: PlayerGiven = {}): Promise<Player> {
    const player = this.player(node, given)
    await player.start()
    return player
  }

  async pair(): Promise<{ readonly a: Player; readonly b: Player }> {
    const a = await this.begin('a@suite')
    const b = await this.begin('b@suite')
    await this.pass(100)
    return { a, b }
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  value(key: string): string | undefined {
    return this.etcd.get(key)?.value.toString()
  }

  /** A text that a node would have written, otherwise in some fields. */
  nodeText(node: string, given: Readonly<Record<string, unknown>> = {}): string {
    const route = { addresses: [], version: '0.1.0' }
    const creation = BORN_MS
    return JSON.stringify({ version: 1, node, creation, life: 'theirs', route, ...given })
  }
}

/** One life of a node with what it was told. */
export class Player {
  readonly node: string
  readonly line: string
  readonly creation: number
  readonly registrar: Registrar
  readonly events: RegistrarEvent[] = []
  readonly log: string[] = []
  readonly #world: World
  readonly #seed: number
  readonly #hidden: boolean

  constructor(world: World, node: string, given: PlayerGiven, seed: number) {
    const { creation = BORN_MS, hidden = false, line = node, ...options } = given
    this.node = node
    this.line = line
    this.creation = creation
    this.#hidden = hidden
    this.#world = world
    this.#seed = seed
    const client = world.etcd.client(line)
    this.registrar = etcdRegistrar({ ...world.place, client, ...options })
  }

  home(): RegistrarHome {
    const { node, creation } = this
    return {
      ...surroundingsOf(this.#world.clock, this.#seed, keptLog(this.log)),
      ...{ node, creation, hidden: this.#hidden, version: '0.1.0' },
      addresses: () => [{ transport: 'tcp', host: '127.0.0.1', port: 11_144, path: '' }],
      liveness: () => undefined,
      tell: (event) => void this.events.push(event),
    }
  }

  start(): Promise<void> {
    return this.#world.clock.until(this.registrar.start(this.home()))
  }

  stop(): Promise<void> {
    return this.#world.clock.until(this.registrar.stop())
  }

  put(name: string, given: Partial<OwnApplicationRoute> = {}): void {
    this.registrar.putApplication(applicationOf(name, given))
  }

  stateOf(node: string): string | undefined {
    return this.registrar.nodes().find((route) => route.node === node)?.state
  }

  /** What it was told since it was asked last, in words. */
  told(): readonly string[] {
    return this.events.splice(0).map(wordOf)
  }
}

function wordOf(event: RegistrarEvent): string {
  switch (event.kind) {
    case 'node-left':
      return `${event.kind} ${event.node} ${event.cause}`
    case 'config-updated':
      return `${event.kind} ${event.item} ${event.before} ${event.value}`
    case 'config-invalid':
      return `${event.kind} ${event.item}`
    case 'registrar-connected':
    case 'registrar-disconnected':
      return event.kind
    default:
      return 'name' in event
        ? `${event.kind} ${event.name} ${event.node}`
        : `${event.kind} ${event.node}`
  }
}
