/**
 * system/wiring: the relays in front of all programs, through which alone they reach each other.
 *
 * Each program tells the others the ports of its relays, and has no Unix socket. Where the tables
 * of the kernel cannot say who calls, there are no relays and no walls.
 */
import { canTellOwners, inodeOfPort, ownerOf } from '#chaos/net/socket-owner'
import { TcpRelay } from '#chaos/net/tcp-relay'
import { UdpRelay } from '#chaos/net/udp-relay'
import { Walls } from '#chaos/net/walls'
import type { Place } from './places.js'

/** Who runs now: names of nodes by process id. */
export type Running = () => ReadonlyMap<number, string>

export class Wiring {
  readonly walls = new Walls()
  readonly #tcp = new Map<string, TcpRelay>()
  readonly #udp = new Map<string, UdpRelay>()

  /** Whether walls hold anything back on this machine. */
  static readonly isPossible = canTellOwners

  static async open(places: readonly Place[], running: Running): Promise<Wiring> {
    const wiring = new Wiring()
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
    if (tcp === undefined || udp === undefined) return own
    const told = ['--advertised-port', `${tcp.port}`, '--liveness-advertised-port', `${udp.port}`]
    return [...own, ...told, '--no-unix-socket']
  }

  /** A program of this node has ended. */
  ended(node: string): void {
    for (const relay of this.#udp.values()) relay.forget(node)
  }

  async close(): Promise<void> {
    for (const relay of this.#udp.values()) relay.close()
    await Promise.all([...this.#tcp.values()].map((relay) => relay.close()))
  }
}
