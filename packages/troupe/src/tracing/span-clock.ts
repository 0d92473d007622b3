/**
 * tracing/span-clock: the wall clock to the microsecond, for steps shorter than a millisecond.
 *
 * The wall clock tells whole milliseconds and may jump; the steady one tells fractions of them. The
 * one is carried on by the other, and follows it as soon as they are apart: never behind it, and
 * at most `AHEAD_MS_MAX` ahead.
 */
import type { Clock } from '#base/clock'

const AHEAD_MS_MAX = 3
const MICROS = 1_000

export class SpanClock {
  readonly #clock: Clock
  /** What the wall clock said when the steady one said 0. */
  #offsetMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds since 1970, with three digits behind the point. */
  wallMs(): number {
    const wallMs = this.#clock.wallMs()
    const steadyMs = this.#clock.nowMs()
    const carriedMs = this.#offsetMs + steadyMs
    const isKept = carriedMs >= wallMs && carriedMs <= wallMs + AHEAD_MS_MAX
    if (!isKept) this.#offsetMs = wallMs - steadyMs
    return Math.round((this.#offsetMs + steadyMs) * MICROS) / MICROS
  }
}
