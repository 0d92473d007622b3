/**
 * network/peer/mending: the time in which a broken line may come back, and what shortens or
 * lengthens it.
 *
 * Probes and lines may be cut off together for a moment, so silence ends it early only when a dial
 * found nobody either. A node whose loop is blocked cannot take a line, and neither can we while
 * our own loop stands still: then the time begins anew, up to a minute in all.
 *
 * @source design 4.12, 5
 */
import type { Cancel, Clock } from '#base/clock'

/** A timer that rings later than this tells that our own loop stood still. */
const OWN_DELAY_MS = 250
/** The time is looked at in so many steps, to see whether our own loop runs. */
const STEPS = 4
/** A node that is blocked now and then for longer than this is lost all the same. */
const BROKEN_MS_MAX = 60_000

export class Mending {
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #lost: (reason: string) => void
  #isOpen = false
  /** Its loop is blocked, as far as probes tell. */
  #isBlocked = false
  /** No dial found anybody since the line broke. */
  #isUnreached = false
  /** No probe was answered since then; why, in words. */
  #unanswered: string | undefined = undefined
  #reason = ''
  #beganMs = 0
  #cancel: Cancel | undefined = undefined

  /** `lost` is called at most once between `begin` and `end`. */
  constructor(clock: Clock, windowMs: number, lost: (reason: string) => void) {
    this.#clock = clock
    this.#windowMs = windowMs
    this.#lost = lost
  }

  /** The line broke. */
  begin(reason: string): void {
    this.#isOpen = true
    this.#isUnreached = false
    this.#unanswered = undefined
    this.#reason = reason
    this.#beganMs = this.#clock.nowMs()
    this.#wait(0)
  }

  /** There is a line again, or the node is lost. */
  end(): void {
    this.#isOpen = false
    this.#cancel?.()
  }

  /** A probe tells whether its loop is blocked; one that has come free has the whole time. */
  blocked(isBlocked: boolean): void {
    const isFreed = this.#isBlocked && !isBlocked
    this.#unanswered = undefined
    this.#isBlocked = isBlocked
    if (isFreed && this.#isOpen) this.#anew()
  }

  /** Nobody answers its probes. */
  unanswered(reason: string): void {
    this.#unanswered = reason
    this.#isBlocked = false
    this.#judge()
  }

  /** A dial found nobody. */
  unreached(): void {
    this.#isUnreached = true
    this.#judge()
  }

  #judge(): void {
    if (this.#isOpen && this.#isUnreached && this.#unanswered !== undefined) {
      this.#giveUp(this.#unanswered)
    }
  }

  #anew(): void {
    this.#cancel?.()
    if (this.#clock.nowMs() - this.#beganMs < BROKEN_MS_MAX) this.#wait(0)
    else this.#giveUp(this.#reason)
  }

  #wait(step: number): void {
    const stepMs = this.#windowMs / STEPS
    const dueMs = this.#clock.nowMs() + stepMs
    this.#cancel = this.#clock.after(stepMs, () => {
      const stoodStill = this.#clock.nowMs() - dueMs > OWN_DELAY_MS
      if (stoodStill) this.#anew()
      else if (step + 1 < STEPS) this.#wait(step + 1)
      else if (this.#isBlocked) this.#anew()
      else this.#giveUp(this.#reason)
    })
  }

  #giveUp(reason: string): void {
    this.end()
    this.#lost(reason)
  }
}
