/**
 * test/unit/network/peer/pipe: a transport in memory, the least that can be: for tests of what is
 * above it. The simulated network of the test kit is the one with faults.
 */
import type { Clock } from '#base/clock'
import {
  type Line,
  type LineListener,
  type LineListenOptions,
  type LineTaker,
  type Transport,
  type TransportAddress,
  TroupeError,
} from '#contract'

class PipeLine implements Line {
  readonly transport = 'tcp'
  readonly remote = 'pipe'
  readonly local = 'pipe'
  readonly channelBinding = undefined
  readonly waitingBytes = 0
  other: PipeLine | undefined = undefined
  readonly #clock: Clock
  #taker: LineTaker | undefined = undefined
  #held: Uint8Array[] = []
  #paused = false
  #ended = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(taker: LineTaker): void {
    this.#taker = taker
    this.#deliver()
  }

  write(bytes: Uint8Array): boolean {
    const copy = Buffer.from(bytes)
    const { other } = this
    if (!this.#ended) this.#clock.later(() => other?.arrive(copy))
    return true
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#deliver()
  }

  close(): void {
    const { other } = this
    this.#clock.later(() => other?.end(undefined))
    this.end(undefined)
  }

  destroy(): void {
    const { other } = this
    this.#clock.later(() => other?.end('reset'))
    this.end('destroyed')
  }

  arrive(bytes: Uint8Array): void {
    if (this.#ended) return
    this.#held.push(bytes)
    this.#deliver()
  }

  end(problem: string | undefined): void {
    if (this.#ended) return
    this.#ended = true
    this.#taker?.closed(problem)
  }

  #deliver(): void {
    while (this.#taker !== undefined && !this.#paused && this.#held.length > 0) {
      this.#taker.data(this.#held.shift() as Uint8Array)
    }
  }
}

/** Ports in memory; nodes that share one reach each other. */
export class Pipes implements Transport {
  readonly name = 'tcp'
  /** All lines ever made, the dialler's end of each. */
  readonly lines: Line[] = []
  /** Where somebody was looked for. */
  readonly dialled: TransportAddress[] = []
  readonly #clock: Clock
  readonly #listeners = new Map<number, LineListenOptions>()
  #lastPort = 20_000

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async dial(address: TransportAddress): Promise<Line> {
    this.dialled.push(address)
    const listener = this.#listeners.get(address.port)
    if (listener === undefined) {
      const detail = { transport: 'tcp', address: `${address.port}`, problem: 'nobody listens' }
      throw new TroupeError('PORT_FAILED', detail)
    }
    const [near, far] = [new PipeLine(this.#clock), new PipeLine(this.#clock)]
    near.other = far
    far.other = near
    this.lines.push(near)
    this.#clock.later(() => listener.accept(far))
    return near
  }

  async listen(options: LineListenOptions): Promise<LineListener> {
    this.#lastPort += 1
    const port = options.port === 0 ? this.#lastPort : options.port
    this.#listeners.set(port, options)
    const address = { transport: 'tcp', host: options.host, port, path: '' }
    return { address, close: async () => void this.#listeners.delete(port) }
  }
}
