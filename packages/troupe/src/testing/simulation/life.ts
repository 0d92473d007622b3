/**
 * testing/simulation/life: one run of the program of a simulated host, from start to crash.
 *
 * Everything the program was given belongs to its life and dies with it: its clocks never ring
 * again, its lines and sockets are gone. The next run gets everything anew.
 */
import type { Clock } from '#base/clock'
import type { Transport } from '#contract'
import type { SimulatedDatagrams } from './datagrams.js'
import { Gate } from './gate.js'
import { type HostTime, hostClock } from './host-clock.js'
import type { SimulatedLine } from './line.js'
import { SimulatedTransport } from './transport.js'
import type { World } from './world.js'

/** How the system ends the lines of a program that dies. */
export type LineEnding = 'end' | 'reset' | 'silent'

export class Life {
  readonly host: string
  /** Counts from 1. */
  readonly number: number
  /** Stands before the main thread, and before another thread of the same program. */
  readonly loop: Gate
  readonly side: Gate
  readonly clock: Clock
  readonly sideClock: Clock
  readonly transport: Transport
  readonly lines = new Set<SimulatedLine>()
  readonly #transport: SimulatedTransport
  readonly sockets = new Map<number, SimulatedDatagrams>()
  readonly #deaths: (() => void)[] = []

  constructor(world: World, host: string, number: number, time: HostTime, transport: string) {
    this.host = host
    this.number = number
    this.loop = new Gate(world.clock.later)
    this.side = new Gate(world.clock.later)
    this.clock = hostClock(world.clock, time, this.loop)
    this.sideClock = hostClock(world.clock, time, this.side)
    this.#transport = new SimulatedTransport(world, this, transport)
    this.transport = this.#transport
    this.loop.onOpen(() => {
      for (const line of [...this.lines]) line.awake()
    })
  }

  /** The road that others knock at. */
  get road(): SimulatedTransport {
    return this.#transport
  }

  /** Called when the program dies: the system ends what it had open. */
  onDeath(told: () => void): void {
    this.#deaths.push(told)
  }

  /** The program ends at this instant; it notices nothing. */
  kill(how: LineEnding): void {
    this.loop.kill()
    this.side.kill()
    for (const line of [...this.lines]) line.orphan(how)
    this.lines.clear()
    this.sockets.clear()
    for (const told of this.#deaths.splice(0)) told()
  }
}
