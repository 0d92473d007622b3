/**
 * testing/simulation/host: a machine of the simulated network, with the one program it runs.
 *
 * Gives the program its clock, its transport and its sockets, and does to it whatever befalls
 * programs: freezing, a blocked loop, a crash with or without a word, another start, a clock that
 * is wrong. What was handed out before a crash stays dead; ask again after `restart`.
 */
import type { Clock } from '#base/clock'
import { requireOption, type Transport } from '#contract'
import { type DatagramOptions, SimulatedDatagrams } from './datagrams.js'
import { HostTime } from './host-clock.js'
import { Life, type LineEnding } from './life.js'
import type { Machine, World } from './world.js'

/** How a program dies: its lines end in order, with a reset, or nobody hears anything. */
export interface CrashOptions {
  /** Default by chance. `silent` is a machine without power: it does not even refuse. */
  readonly how?: LineEnding
}

const ENDINGS: readonly LineEnding[] = ['end', 'reset', 'silent']
/** Monotonic clocks of machines differ by up to so much, in milliseconds. */
const START_MS_MAX = 1_000_000

export class SimulatedHost implements Machine {
  readonly name: string
  readonly #world: World
  readonly #transport: string
  readonly #time: HostTime
  #life: Life
  #power: Machine['power'] = 'on'
  #isFrozen = false
  #isBlocked = false

  constructor(world: World, name: string, transport: string) {
    this.name = name
    this.#world = world
    this.#transport = transport
    this.#time = new HostTime(world.clock, world.random.below(START_MS_MAX))
    this.#life = new Life(world, name, 1, this.#time, transport)
  }

  /** Time of the main thread: rings only while the program runs. */
  get clock(): Clock {
    return this.#life.clock
  }

  /** Time of another thread of the same program, which a blocked main loop does not stop. */
  get sideClock(): Clock {
    return this.#life.sideClock
  }

  /** How the program listens and dials. */
  get transport(): Transport {
    return this.#life.transport
  }

  get life(): Life {
    return this.#life
  }

  get power(): Machine['power'] {
    return this.#power
  }

  get isFrozen(): boolean {
    return this.#isFrozen
  }

  get isBlocked(): boolean {
    return this.#isBlocked
  }

  /** Opens a socket for datagrams. */
  datagrams(options: DatagramOptions = {}): SimulatedDatagrams {
    return new SimulatedDatagrams(this.#world, this.#life, options)
  }

  /** The whole program stands still, as after SIGSTOP; its system goes on acknowledging. */
  freeze(): void {
    if (this.#isFrozen || this.#power !== 'on') return
    this.#isFrozen = true
    this.#note('freeze')
    this.#life.loop.close()
    this.#life.side.close()
  }

  /** It goes on, and finds everything that came meanwhile. */
  thaw(): void {
    if (!this.#isFrozen) return
    this.#isFrozen = false
    this.#note('thaw')
    this.#life.side.open()
    this.#life.loop.open()
  }

  /** The main thread computes and does nothing else; other threads go on. */
  block(): void {
    if (this.#isBlocked || this.#power !== 'on') return
    this.#isBlocked = true
    this.#note('block')
    this.#life.loop.close()
  }

  unblock(): void {
    if (!this.#isBlocked) return
    this.#isBlocked = false
    this.#note('unblock')
    this.#life.loop.open()
  }

  /** The program dies at this instant; nothing it was given does anything any more. */
  crash(options: CrashOptions = {}): void {
    if (this.#power !== 'on') return
    const how = options.how ?? ENDINGS[this.#world.random.below(ENDINGS.length)] ?? 'reset'
    this.#note('crash', how)
    this.#isFrozen = false
    this.#isBlocked = false
    this.#life.kill(how)
    this.#power = how === 'silent' ? 'off' : 'idle'
    this.#world.changed()
  }

  /** The machine is on again, with a new program: take clock and transport anew. */
  restart(): void {
    if (this.#power === 'on') this.crash()
    this.#note('restart')
    this.#power = 'on'
    const number = this.#life.number + 1
    this.#life = new Life(this.#world, this.name, number, this.#time, this.#transport)
    this.#world.changed()
  }

  /** Moves the wall clock of this machine alone; timers do not mind. */
  skewWall(ms: number): void {
    this.#note('skew', ms)
    this.#time.skew(ms)
  }

  /** How fast the clocks of this machine run from now on; 1 is right, 1.001 gains a thousandth. */
  drift(rate: number): void {
    const isRate = rate > 0 && Number.isFinite(rate)
    requireOption(isRate, 'rate', rate, 'give a number above 0')
    this.#note('drift', rate)
    this.#time.drift(rate)
  }

  #note(kind: string, detail: string | number = ''): void {
    this.#world.note(kind, this.name, detail)
  }
}
