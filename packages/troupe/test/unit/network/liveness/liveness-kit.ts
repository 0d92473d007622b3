/** liveness-kit: datagrams in memory on a virtual clock, and nodes that answer them. */
import type { VirtualClock } from 'troupe/testing'
import { type Random, seededRandom } from '#base/random'
import { Answerer } from '#network/liveness/answerer'
import type { DatagramAddress, Datagrams } from '#network/liveness/datagrams'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { livenessKey } from '#network/liveness/probe-frame'
import { Prober } from '#network/liveness/prober'

export const KEY = livenessKey('a cookie for tests and nothing else')

export const seededBytes =
  (random: Random) =>
  (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => random.below(256))

/** A thread of a node, as far as others see it. */
export interface Answering {
  isAlive: boolean
  loopDelayMs: number
  readonly answerer: Answerer
}

/** A net of datagrams with 5 ms of delay. */
export class Net {
  readonly #clock: VirtualClock
  readonly #nodes = new Map<number, Answering>()
  readonly sent: Uint8Array[] = []
  readonly answered: Uint8Array[] = []
  isOpen = true
  closed = 0

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  node(port: number, name: string, creation: number, key = KEY): Answering {
    const self = { name, creation, key, answersPerSecondMax: 100 }
    const answering = { isAlive: true, loopDelayMs: 0, answerer: new Answerer(self, 0) }
    this.#nodes.set(port, answering)
    return answering
  }

  datagrams(): Datagrams & { arrive(bytes: Uint8Array): void } {
    let taker: (bytes: Uint8Array) => void = () => {}
    return {
      start: (named) => {
        taker = named
      },
      send: (bytes, to) => {
        this.sent.push(bytes)
        this.#clock.after(5, () => this.#reach(bytes, to, (answer) => taker(answer)))
      },
      close: () => {
        this.closed += 1
      },
      arrive: (bytes) => taker(bytes),
    }
  }

  #reach(bytes: Uint8Array, { port }: DatagramAddress, back: (bytes: Uint8Array) => void): void {
    const node = this.#nodes.get(port)
    if (!this.isOpen || node === undefined || !node.isAlive) return
    const answer = node.answerer.answer(bytes, this.#clock.nowMs(), node.loopDelayMs)
    const { bytes: answered } = answer
    if (answered === undefined) return
    this.answered.push(answered)
    this.#clock.after(5, () => back(answered))
  }
}

export function proberOn(clock: VirtualClock, net: Net) {
  const datagrams = net.datagrams()
  const randomBytes = seededBytes(seededRandom(1))
  const prober = new Prober({
    key: KEY,
    datagrams,
    clock,
    randomBytes,
    limits: SUSPICION_DEFAULTS,
  })
  return { prober, datagrams }
}
