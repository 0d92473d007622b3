/**
 * actor/restart-window: how many restarts lie within a sliding stretch of time.
 *
 * Knows nothing of children or clocks; the time is an argument. Limit: it remembers as many
 * times as restarts are allowed, so a window without a limit remembers none.
 *
 * @source OTP "supervisor", Maximum Restart Intensity; ergo-features 9
 */

/** At most `restarts` restarts within any `withinMs` milliseconds. */
export interface Intensity {
  /** A whole number, 0 or more, or Infinity; 0: the first failure is one too many. */
  readonly restarts: number
  /** Length of the window in milliseconds. */
  readonly withinMs: number
}

export class RestartWindow {
  readonly #intensity: Intensity
  /** The newest restarts, at most as many as are allowed; a ring once it is full. */
  readonly #timesMs: number[] = []
  #oldest = 0

  constructor(intensity: Intensity) {
    this.#intensity = intensity
  }

  /** Notes a restart; false when it is one too many. */
  admit(nowMs: number): boolean {
    const { restarts, withinMs } = this.#intensity
    if (restarts === Number.POSITIVE_INFINITY) return true
    if (this.#timesMs.length < restarts) {
      this.#timesMs.push(nowMs)
      return true
    }
    const oldestMs = this.#timesMs[this.#oldest]
    if (oldestMs === undefined || nowMs - oldestMs <= withinMs) return false
    this.#timesMs[this.#oldest] = nowMs
    this.#oldest = (this.#oldest + 1) % restarts
    return true
  }

  /** Restarts that still count. */
  count(nowMs: number): number {
    const { withinMs } = this.#intensity
    return this.#timesMs.filter((timeMs) => nowMs - timeMs <= withinMs).length
  }

  /** Forgets all: an operator has taken matters in hand. */
  clear(): void {
    this.#timesMs.length = 0
    this.#oldest = 0
  }
}
