/**
 * testing/simulation/socket-place: the Unix socket where the nodes of one simulated machine meet.
 *
 * The hosts of a simulated network are programs here, all on one machine: what one writes the
 * other has a moment later, a frozen one is dialled and does not answer, of a dead one all lines
 * end and its file stays.
 *
 * @source unix(7)
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { Claim, DialProblem, Link, LinkTaker, Place } from '#cluster/registrar/embedded/link'
import type { Life } from './life.js'

/** How long bytes take from program to program, in milliseconds. */
const DELAY_MS_MIN = 0.02
const DELAY_MS_MAX = 0.4

interface Listening {
  readonly holder: string
  readonly life: Life
  readonly accept: (link: Link) => void
  isOpen: boolean
}

/** One path on one machine. */
export class SimulatedSocketPath {
  readonly #clock: Clock
  readonly #random: Random
  #listening: Listening | undefined = undefined
  #made = 0

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** The path as one program sees it. */
  placeOf(life: Life): Place {
    return {
      name: 'the socket of the machine',
      holder: () => this.#listening?.holder,
      dial: () => this.#dial(life),
      claim: (instead, accept) => this.#claim(life, instead, accept),
    }
  }

  async #dial(life: Life): Promise<Link | DialProblem> {
    await this.#moment(life)
    const there = this.#listening
    if (there === undefined || !there.isOpen || there.life.side.isDead) return 'nobody'
    const [near, far] = pairOf(this.#clock, this.#random, life, there.life)
    there.life.side.run(() => (there.isOpen ? there.accept(far) : far.destroy()))
    return near
  }

  async #claim(
    life: Life,
    instead: string | undefined,
    accept: (link: Link) => void,
  ): Promise<Claim | undefined> {
    await this.#moment(life)
    if (this.#listening?.holder !== instead) return undefined
    this.#made += 1
    const made: Listening = { holder: `socket ${this.#made}`, life, accept, isOpen: true }
    this.#listening = made
    return {
      holder: made.holder,
      holds: () => this.#listening === made,
      release: () => {
        made.isOpen = false
        if (this.#listening === made) this.#listening = undefined
      },
    }
  }

  /** Never settles when the program dies meanwhile. */
  #moment(life: Life): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(delayMs(this.#random), () => life.side.run(resolve))
    })
  }
}

const delayMs = (random: Random): number =>
  DELAY_MS_MIN + random.unit() * (DELAY_MS_MAX - DELAY_MS_MIN)

function pairOf(clock: Clock, random: Random, one: Life, other: Life): readonly [End, End] {
  const near = new End(clock, random, one)
  const far = new End(clock, random, other)
  near.other = far
  far.other = near
  return [near, far]
}

/** One end of a link. */
class End implements Link {
  readonly waitingBytes = 0
  other: End | undefined = undefined
  readonly #clock: Clock
  readonly #random: Random
  readonly #life: Life
  #taker: LinkTaker | undefined = undefined
  /** What came before somebody listened. */
  #early: ((taker: LinkTaker) => void)[] = []
  #lastDueMs = 0
  #isOver = false

  constructor(clock: Clock, random: Random, life: Life) {
    this.#clock = clock
    this.#random = random
    this.#life = life
    life.onDeath(() => this.destroy())
  }

  start(taker: LinkTaker): void {
    this.#taker = taker
    const early = this.#early
    this.#early = []
    for (const told of early) this.#clock.soon(() => this.#life.side.run(() => told(taker)))
  }

  write(bytes: Uint8Array): void {
    const copy = Uint8Array.from(bytes)
    if (!this.#isOver) this.#send((taker) => taker.data(copy))
  }

  close(): void {
    this.destroy()
  }

  destroy(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#send(undefined)
  }

  /** Something comes to the other end, in order; undefined: the end. */
  #send(told: ((taker: LinkTaker) => void) | undefined): void {
    const dueMs = Math.max(this.#lastDueMs, this.#clock.nowMs() + delayMs(this.#random))
    this.#lastDueMs = dueMs
    const { other } = this
    this.#clock.after(dueMs - this.#clock.nowMs(), () => other?.arrive(told))
  }

  arrive(told: ((taker: LinkTaker) => void) | undefined): void {
    this.#life.side.run(() => {
      if (this.#isOver) return
      if (told === undefined) this.#isOver = true
      const now = told ?? ((taker) => taker.closed())
      if (this.#taker === undefined) this.#early.push(now)
      else now(this.#taker)
    })
  }
}
