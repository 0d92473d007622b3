/**
 * network/busy-poll: keeps the event loop awake for a moment when an answer may be near.
 *
 * Going to sleep and being woken costs a program more than a question takes to a node of the same
 * host and back: 50 us of 60. When reads follow one another closely, the loop turns for `limitMs`
 * without sleeping. Turns that brought nothing make it try less and less often, so that an idle
 * program, or one whose messages come now and then, costs nothing.
 *
 * @source the kernel's SO_BUSY_POLL, and the busy wait of Erlang's schedulers (+sbwt), bounded
 */
import type { Clock } from '#base/clock'

/** Reads further apart than this, in units of the limit, are no conversation. */
const NEAR_LIMITS = 4
/** The most chances that are let go after waits in vain. */
const SKIPS_MAX = 1_024

export class BusyPoll {
  readonly #clock: Pick<Clock, 'nowMs' | 'later'>
  readonly #limitMs: number
  #heardMs = Number.NEGATIVE_INFINITY
  #isPolling = false
  /** Chances that are let go before the next try, and how many there will be after another miss. */
  #skips = 0
  #skipsNext = 1
  readonly #turn = (): void => {
    if (this.#clock.nowMs() - this.#heardMs <= this.#limitMs) this.#clock.later(this.#turn)
    else this.#missed()
  }

  constructor(clock: Pick<Clock, 'nowMs' | 'later'>, limitMs: number) {
    this.#clock = clock
    this.#limitMs = limitMs
  }

  /** Something was read from a line. */
  heard(): void {
    const nowMs = this.#clock.nowMs()
    const sinceMs = nowMs - this.#heardMs
    this.#heardMs = nowMs
    if (this.#isPolling) {
      this.#skipsNext = 1
      return
    }
    if (sinceMs > NEAR_LIMITS * this.#limitMs) return
    if (this.#skips > 0) {
      this.#skips -= 1
      return
    }
    this.#isPolling = true
    this.#clock.later(this.#turn)
  }

  #missed(): void {
    this.#isPolling = false
    this.#skips = this.#skipsNext - 1
    this.#skipsNext = Math.min(this.#skipsNext * 2, SKIPS_MAX)
  }
}
