/** line-pair: two ends of a line in memory; what is written arrives one turn later, in order. */
import assert from 'node:assert/strict'
import type { Clock } from '#base/clock'
import type { Line, LineTaker } from '#contract'

/** One end; `cut` breaks both, `wrote` is everything it has been given. */
export class MemoryLine implements Line {
  readonly transport = 'memory'
  readonly local: string
  readonly remote: string
  readonly channelBinding: Uint8Array | undefined
  readonly waitingBytes = 0
  readonly wrote: number[] = []
  /** What became of the line at this end. */
  state: 'open' | 'closing' | 'closed' | 'destroyed' = 'open'
  far: MemoryLine | undefined
  readonly #clock: Clock
  readonly #arrived: Uint8Array[] = []
  #taker: LineTaker | undefined
  #isPaused = false
  #isTold = false

  constructor(name: string, remote: string, clock: Clock, binding?: Uint8Array) {
    this.local = name
    this.remote = remote
    this.channelBinding = binding
    this.#clock = clock
  }

  start(taker: LineTaker): void {
    assert.equal(this.#taker, undefined, 'a line is started once')
    this.#taker = taker
    this.#tell()
  }

  write(bytes: Uint8Array): boolean {
    this.wrote.push(...bytes)
    const { far } = this
    if (this.state === 'open') this.#clock.later(() => far?.arrive(bytes))
    return true
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#tell()
  }

  close(): void {
    if (this.state !== 'open') return
    this.state = 'closing'
    this.#clock.later(() => {
      this.far?.ended(undefined)
      this.ended(undefined)
    })
  }

  destroy(): void {
    this.state = 'destroyed'
    this.far?.ended('the line broke')
    this.ended(undefined)
  }

  cut(): void {
    this.far?.ended('the cable was cut')
    this.ended('the cable was cut')
  }

  arrive(bytes: Uint8Array): void {
    this.#arrived.push(bytes)
    this.#tell()
  }

  ended(problem: string | undefined): void {
    if (this.#isTold) return
    this.#isTold = true
    if (this.state === 'open' || this.state === 'closing') this.state = 'closed'
    this.#taker?.closed(problem)
  }

  /** Bytes are told in a buffer that is reused, as a transport may do it. */
  #tell(): void {
    while (this.#taker !== undefined && !this.#isPaused && !this.#isTold) {
      const bytes = this.#arrived.shift()
      if (bytes === undefined) return
      const reused = bytes.slice()
      this.#taker.data(reused)
      reused.fill(0xee)
    }
  }
}

/** Two ends of one line. */
export function linePair(
  clock: Clock,
  binding?: Uint8Array,
): { readonly near: MemoryLine; readonly far: MemoryLine } {
  const near = new MemoryLine('10.0.0.1:1', '10.0.0.2:2', clock, binding)
  const far = new MemoryLine('10.0.0.2:2', '10.0.0.1:1', clock, binding)
  near.far = far
  far.far = near
  return { near, far }
}
