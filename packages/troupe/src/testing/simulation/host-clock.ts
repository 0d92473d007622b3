/**
 * testing/simulation/host-clock: the time of one machine, and of one program on it.
 *
 * The machine's clock may be wrong and run too fast or too slow; a program's waits end only while
 * it runs. Knows nothing of networks.
 */
import type { Cancel, Clock } from '#base/clock'
import type { Gate } from './gate.js'

/** What a clock may be wrong by when its reading is computed. */
const ROUNDING_MS = 0.000_001

/** What the clock hardware of a machine shows; goes on whatever its programs do. */
export class HostTime {
  readonly #base: Clock
  #rate = 1
  #skewMs = 0
  /** Readings where the rate was changed last: the true one, and the shown one. */
  #trueMs: number
  #shownMs: number

  /** `startMs`: what the monotonic clock shows at first; no two machines agree on it. */
  constructor(base: Clock, startMs: number) {
    this.#base = base
    this.#trueMs = base.nowMs()
    this.#shownMs = startMs
    this.#startMs = startMs - this.#trueMs
  }

  readonly #startMs: number

  nowMs(): number {
    return this.#shownMs + (this.#base.nowMs() - this.#trueMs) * this.#rate
  }

  /** Wrong by the skew, and by what the clock has gained or lost on the way. */
  wallMs(): number {
    const gainedMs = this.nowMs() - this.#startMs - this.#base.nowMs()
    return this.#base.wallMs() + this.#skewMs + gainedMs
  }

  /** How long a wait of `delayMs` on this machine takes in truth. */
  trueMs(delayMs: number): number {
    return delayMs / this.#rate
  }

  skew(ms: number): void {
    this.#skewMs += ms
  }

  drift(rate: number): void {
    this.#shownMs = this.nowMs()
    this.#trueMs = this.#base.nowMs()
    this.#rate = rate
  }
}

/** A clock whose callbacks wait while the program does not run, and never come once it is dead. */
export function hostClock(base: Clock, time: HostTime, gate: Gate): Clock {
  return Object.freeze({
    nowMs: () => time.nowMs(),
    wallMs: () => time.wallMs(),
    after: (delayMs: number, run: () => void): Cancel => {
      let isWaiting = !gate.isDead
      if (!isWaiting) return () => false
      const ring = (): void => {
        if (!isWaiting) return
        isWaiting = false
        run()
      }
      // Never too early by a rounding: who then finds a remainder too small for the clock to
      // show would wait for it for ever.
      const trueMs = delayMs > 0 ? time.trueMs(delayMs) + ROUNDING_MS : delayMs
      const cancel = base.after(trueMs, () => gate.run(ring))
      return () => {
        const wasWaiting = isWaiting
        isWaiting = false
        cancel()
        return wasWaiting
      }
    },
    soon: (run: () => void) => {
      if (!gate.isDead) base.soon(() => gate.run(run))
    },
    later: (run: () => void) => {
      if (!gate.isDead) base.later(() => gate.run(run))
    },
  })
}
