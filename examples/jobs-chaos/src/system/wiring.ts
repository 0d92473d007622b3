/**
 * system/wiring: the relays in front of all programs, through which alone they reach each other.
 *
 * Each program tells the others the ports of its relays, and has no Unix socket. Where the tables
 * of the kernel cannot say who calls, there are no relays and no walls. To an etcd each program has
 * relays of its own, one for each member, and no table is needed.
 */
import { canTellOwners, inodeOfPort, ownerOf } from '#chaos/net/socket-owner'
import { TcpRelay } from '#chaos/net/tcp-relay'
import { UdpRelay } from '#chaos/net/udp-relay'
import { Walls } from '#chaos/net/walls'
import type { Place } from './places.js'

/** Where the members of an etcd answer, as host:port by their names. */
export type Endpoints = ReadonlyMap<string, string>

/** Who runs now: names of nodes by process id. */
export type Running = () => ReadonlyMap<number, string>

export class Wiring {
  readonly walls = new Walls()
  readonly #tcp = new Map<string, TcpRelay>()
  readonly #udp = new Map<string, UdpRelay>()
  readonly #toEtcd = new Map<string, readonly TcpRelay[]>()

  /** Whether walls hold anything back on this machine. */
  static readonly isPossible = canTellOwners

  static async open(
    places: readonly Place[],
    running: Running,
    endpoints: Endpoints = new Map(),
  ): Promise<Wiring> {
    const wiring = new Wiring()
    if (endpoints.size > 0) {
      for (const { node } of places) {
        wiring.#toEtcd.set(node, await toEtcd(node, wiring.walls, endpoints))
      }
    }
    const callerOf = (protocol: 'tcp' | 'udp') => (port: number) => {
      const inode = inodeOfPort(protocol, port)
      const nodes = running()
      const pid = inode === undefined ? undefined : ownerOf(inode, [...nodes.keys()])
      return pid === undefined ? undefined : nodes.get(pid)
    }
    for (const { node, port, livenessPort } of Wiring.isPossible ? places : []) {
      const shared = { node, walls: wiring.walls }
      const lines = { ...shared, port, callerOf: callerOf('tcp') }
      const signs = { ...shared, port: livenessPort, callerOf: callerOf('udp') }
      wiring.#tcp.set(node, await TcpRelay.open(lines))
      wiring.#udp.set(node, await UdpRelay.open(signs))
    }
    return wiring
  }

  /** Flags by which a program is where its relays lead to. */
  wordsFor({ node, port, livenessPort }: Place): readonly string[] {
    const own = ['--port', `${port}`, '--liveness-port', `${livenessPort}`]
    const tcp = this.#tcp.get(node)
    const udp = this.#udp.get(node)
    if (tcp === undefined || udp === undefined) return [...own, ...this.#etcdWords(node)]
    const told = ['--advertised-port', `${tcp.port}`, '--liveness-advertised-port', `${udp.port}`]
    return [...own, ...told, '--no-unix-socket', ...this.#etcdWords(node)]
  }

  #etcdWords(node: string): readonly string[] {
    const relays = this.#toEtcd.get(node)
    if (relays === undefined) return []
    const list = relays.map(({ port }) => `127.0.0.1:${port}`)
    return ['--registrar', 'etcd', '--etcd', list.join(',')]
  }

  /** A program of this node has ended. */
  ended(node: string): void {
    for (const relay of this.#udp.values()) relay.forget(node)
  }

  async close(): Promise<void> {
    for (const relay of this.#udp.values()) relay.close()
    const relays = [...this.#tcp.values(), ...[...this.#toEtcd.values()].flat()]
    await Promise.all(relays.map((relay) => relay.close()))
  }
}

/** Relays of one node to all members. */
async function toEtcd(
  node: string,
  walls: Walls,
  endpoints: Endpoints,
): Promise<readonly TcpRelay[]> {
  return Promise.all(
    [...endpoints].map(([member, endpoint]) => {
      const port = Number(endpoint.split(':').at(-1))
      return TcpRelay.open({ node: member, port, walls, callerOf: () => node })
    }),
  )
}
