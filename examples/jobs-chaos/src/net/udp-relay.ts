/**
 * net/udp-relay: stands in front of the port where a node says that it lives.
 *
 * Behind a wall datagrams are lost, as they may be. Every caller has a socket of its own towards
 * the node, so that answers find back. Limit: `CALLERS_MAX`, the oldest goes first.
 */
import { createSocket, type Socket } from 'node:dgram'
import type { Walls } from './walls.js'

/** Most callers that are known at once. */
export const CALLERS_MAX = 256

export interface UdpRelayOptions {
  readonly node: string
  readonly port: number
  readonly walls: Walls
  readonly callerOf: (port: number) => string | undefined
}

export class UdpRelay {
  readonly #options: UdpRelayOptions
  readonly #socket = createSocket('udp4')
  readonly #callers = new Map<number, { readonly socket: Socket; readonly caller: string }>()

  private constructor(options: UdpRelayOptions) {
    this.#options = options
    this.#socket.on('message', (bytes, { port }) => this.#take(bytes, port))
    this.#socket.on('error', () => {})
  }

  /** Listens at any free port of the loopback address. */
  static async open(options: UdpRelayOptions): Promise<UdpRelay> {
    const relay = new UdpRelay(options)
    await new Promise<void>((resolve) => relay.#socket.bind(0, '127.0.0.1', resolve))
    return relay
  }

  /** The port other nodes are told. */
  get port(): number {
    return this.#socket.address().port
  }

  /** A program of this node has ended: the next one to use its ports may be another. */
  forget(node: string): void {
    for (const [port, { socket, caller }] of this.#callers) {
      if (caller !== node) continue
      socket.close()
      this.#callers.delete(port)
    }
  }

  close(): void {
    for (const { socket } of this.#callers.values()) socket.close()
    this.#callers.clear()
    this.#socket.close()
  }

  #take(bytes: Buffer, from: number): void {
    const { node, port, walls } = this.#options
    const known = this.#callers.get(from) ?? this.#meet(from)
    if (known === undefined || walls.blocks(known.caller, node)) return
    known.socket.send(bytes, port, '127.0.0.1', () => {})
  }

  #meet(from: number) {
    const { node, walls, callerOf } = this.#options
    const caller = callerOf(from)
    if (caller === undefined) return undefined
    const socket = createSocket('udp4')
    socket.on('error', () => {})
    socket.on('message', (bytes) => {
      if (!walls.blocks(node, caller)) this.#socket.send(bytes, from, '127.0.0.1', () => {})
    })
    this.#callers.set(from, { socket, caller })
    const [oldest] = this.#callers
    if (this.#callers.size > CALLERS_MAX && oldest !== undefined) {
      oldest[1].socket.close()
      this.#callers.delete(oldest[0])
    }
    return { socket, caller }
  }
}
