/**
 * Hosts of a simulated network, each with the exchange that the server of a host runs.
 */
import { createHash } from 'node:crypto'
import {
  type SimulatedNetwork,
  simulatedNetwork,
  type VirtualClock,
  virtualClock,
} from 'troupe/testing'
import { type Random, seededRandom } from '#base/random'
import { AcrossHosts } from '#cluster/registrar/across/across-hosts'
import type {
  GoneNode,
  HostNode,
  HostSnapshot,
  HostTable,
  HostView,
} from '#cluster/registrar/across/host-table'
import { type AcrossOptions, completeAcross } from '#cluster/registrar/across/options'
import type { AcrossDatagrams, Place } from '#cluster/registrar/across/place'
import type { AcrossProblem } from '#cluster/registrar/across/told'
import type { NodeRoute, OwnApplicationRoute } from '#contract'

export const PORT = 4_499
export const KEY = createHash('sha256').update('a cookie for tests').digest()

export const routeOf = (
  node: string,
  host: string,
  changes: Partial<NodeRoute> = {},
): NodeRoute => ({
  node,
  creation: 1_700_000_000_000,
  addresses: [{ transport: 'tcp', host, port: 11_144, path: '' }],
  liveness: { host, port: 40_000 },
  version: '0.1.0',
  state: 'up',
  ...changes,
})

export const applicationOf = (name: string, weight = 100): OwnApplicationRoute => ({
  ...{ name, state: 'running', mode: 'permanent', weight, tags: [], version: '1.0.0' },
  roles: { main: `${name}.main` },
})

/** The table of a host that a test fills by hand, with what is put into it. */
export class HandTable implements HostTable {
  readonly views = new Map<string, HostView>()
  /** `up 10.0.0.2:4499 b,c`, `forget 10.0.0.2:4499`, in their order. */
  readonly told: string[] = []
  isWhole = true
  #snapshot: HostSnapshot = { version: 1, isWhole: true, nodes: [], gone: [] }

  set(nodes: readonly HostNode[], gone: readonly GoneNode[] = []): void {
    this.#snapshot = { ...this.#snapshot, version: this.#snapshot.version + 1, nodes, gone }
  }

  own(): HostSnapshot {
    return { ...this.#snapshot, isWhole: this.isWhole }
  }

  put(server: string, view: HostView): void {
    this.views.set(server, view)
    const names = view.nodes.map(({ route }) => route.node.split('@')[0])
    this.told.push(`${view.state} ${server} ${names.join(',')}`.trimEnd())
  }

  forget(server: string): void {
    this.views.delete(server)
    this.told.push(`forget ${server}`)
  }
}

/** One host: its exchange, its table, and what passes at its socket. */
export class TownHost {
  readonly address: string
  readonly table = new HandTable()
  readonly problems: AcrossProblem[] = []
  /** All that came and left, newest last. */
  readonly came: { readonly bytes: Uint8Array; readonly from: Place }[] = []
  readonly left: { readonly bytes: Uint8Array; readonly to: Place }[] = []
  readonly across: AcrossHosts
  /** Hands a datagram to the exchange as if it had come from somewhere. */
  hand: (bytes: Uint8Array, from: Place) => void = () => {}

  constructor(town: Town, address: string, options: AcrossOptions, key: Uint8Array) {
    this.address = address
    const host = town.network.host(address)
    const chance = seededRandom(town.random.below(2 ** 31))
    this.across = new AcrossHosts({
      key,
      options: completeAcross(options),
      table: this.table,
      datagrams: this.#watched(host.datagrams({ port: PORT, onSide: true })),
      lookup: async (name) => {
        const found = town.names.get(name)
        if (found === undefined) throw new Error(`nobody is called ${name}`)
        return found
      },
      clock: host.sideClock,
      random: chance,
      randomBytes: (length) => Uint8Array.from({ length }, () => chance.below(256)),
      told: (problem) => this.problems.push(problem),
    })
  }

  get refused(): Readonly<Record<string, number>> {
    return this.across.info().refused
  }

  get codes(): readonly string[] {
    return this.problems.map(({ code }) => code)
  }

  #watched(socket: AcrossDatagrams): AcrossDatagrams {
    return {
      start: (taker) => {
        this.hand = taker
        socket.start((bytes, from) => {
          this.came.push({ bytes: Uint8Array.from(bytes), from })
          taker(bytes, from)
        })
      },
      send: (bytes, to) => {
        this.left.push({ bytes: Uint8Array.from(bytes), to })
        socket.send(bytes, to)
      },
      close: () => socket.close(),
    }
  }
}

export class Town {
  readonly clock: VirtualClock = virtualClock()
  readonly random: Random
  readonly network: SimulatedNetwork
  /** What names stand for. */
  readonly names = new Map<string, readonly string[]>()

  constructor(seed = 1) {
    this.random = seededRandom(seed)
    this.network = simulatedNetwork({ clock: this.clock, random: this.random })
  }

  /** A host with nodes of these names; not started. */
  build(
    address: string,
    nodes: readonly string[],
    options: AcrossOptions = {},
    key: Uint8Array = KEY,
  ): TownHost {
    const host = new TownHost(this, address, options, key)
    host.table.set(nodes.map((node) => ({ route: routeOf(node, address), applications: [] })))
    return host
  }

  open(
    address: string,
    nodes: readonly string[],
    options: AcrossOptions = {},
    key: Uint8Array = KEY,
  ): TownHost {
    const host = this.build(address, nodes, options, key)
    host.across.start()
    return host
  }

  /** Lets time pass until something holds; gives how long that took, in milliseconds. */
  async until(what: string, holds: () => boolean, limitMs = 60_000): Promise<number> {
    const startMs = this.clock.nowMs()
    while (!holds()) {
      if (this.clock.nowMs() - startMs > limitMs) throw new Error(`${what}: not in ${limitMs} ms`)
      await this.clock.advance(5)
    }
    return this.clock.nowMs() - startMs
  }
}

/** Two hosts that list each other, with a node each: a@one and b@two. */
export function pair(seed = 1, options: AcrossOptions = {}) {
  const town = new Town(seed)
  const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.2'], ...options })
  const two = town.open('10.0.0.2', ['b@two'], { hosts: ['10.0.0.1'], ...options })
  return { town, one, two }
}
