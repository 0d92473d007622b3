/**
 * testing/simulation/datagrams: packets that may be lost, doubled or overtaken.
 *
 * For probes of liveness: a socket may belong to the main thread of a program or to another one,
 * which a blocked main loop cannot stop. Limit: `WAITING_MAX` packets wait for a program that does
 * not run; later ones are dropped.
 */
import type { DatagramAddress, Datagrams } from '#network/liveness/datagrams'
import type { Gate } from './gate.js'
import type { Life } from './life.js'
import type { Link } from './link.js'
import type { World } from './world.js'

/** Packets that wait for a frozen program. */
const WAITING_MAX = 256
const FREE_PORT_FIRST = 40_000

/** How a socket for datagrams is opened. */
export interface DatagramOptions {
  /** 0, which is the default, takes any free one. */
  readonly port?: number
  /** True: another thread than the main one serves it; default false. */
  readonly onSide?: boolean
}

export class SimulatedDatagrams implements Datagrams {
  readonly address: DatagramAddress
  readonly #world: World
  readonly #life: Life
  readonly #gate: Gate
  #taker: ((bytes: Uint8Array, from: DatagramAddress) => void) | undefined = undefined
  #waiting = 0

  constructor(world: World, life: Life, { port = 0, onSide = false }: DatagramOptions) {
    let free = port === 0 ? FREE_PORT_FIRST : port
    while (port === 0 && life.sockets.has(free)) free += 1
    this.#world = world
    this.#life = life
    this.#gate = onSide ? life.side : life.loop
    this.address = Object.freeze({ host: life.host, port: free })
    life.sockets.set(free, this)
  }

  start(taker: (bytes: Uint8Array, from: DatagramAddress) => void): void {
    this.#taker = taker
  }

  send(bytes: Uint8Array, to: DatagramAddress): void {
    if (this.#life.sockets.get(this.address.port) !== this) return
    const copy = new Uint8Array(bytes)
    // What a frozen program would send leaves when it runs again.
    this.#gate.run(() => this.#leave(copy, to))
  }

  close(): void {
    const { port } = this.address
    if (this.#life.sockets.get(port) === this) this.#life.sockets.delete(port)
  }

  /** What has arrived. */
  take(bytes: Uint8Array, from: DatagramAddress): void {
    if (this.#waiting === WAITING_MAX) {
      this.#world.note('datagram-dropped', this.#subject(from))
      return
    }
    this.#waiting += 1
    this.#gate.run(() => {
      this.#waiting -= 1
      if (this.#life.sockets.get(this.address.port) === this) this.#taker?.(bytes, from)
    })
  }

  #leave(bytes: Uint8Array, to: DatagramAddress): void {
    const { clock } = this.#world
    const link = this.#world.link(this.#life.host, to.host)
    const delays = link.datagramDelaysMs(clock.nowMs(), bytes.length)
    const what = ['datagram-lost', 'datagram', 'datagram-doubled'][delays.length] ?? 'datagram'
    this.#world.note(what, `${this.#subject(this.address)} -> ${to.host}:${to.port}`, bytes.length)
    for (const delayMs of delays) clock.after(delayMs, () => this.#arrive(link, bytes, to))
  }

  #arrive(link: Link, bytes: Uint8Array, to: DatagramAddress): void {
    const machine = this.#world.machine(to.host)
    if (machine?.power !== 'on' || !this.#world.carries(link)) return
    // Each copy of its own: whoever changes what came must not change the other one.
    machine.life.sockets.get(to.port)?.take(new Uint8Array(bytes), this.address)
  }

  #subject({ host, port }: DatagramAddress): string {
    return `${host}:${port}`
  }
}
