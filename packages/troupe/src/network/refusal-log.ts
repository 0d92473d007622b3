/**
 * network/refusal-log: who was turned away, counted by code, and told without flooding the log.
 *
 * The first of a code is told at once; more of the same within a second become one line with
 * their number. Knows nothing of handshakes.
 */
import type { Cancel, Clock } from '#base/clock'
import type { Logger } from '#contract'

/** One line for each code in this time, in milliseconds. */
const QUIET_MS = 1_000

interface Quiet {
  /** Refusals since the last line. */
  more: number
  last: string
  cancel: Cancel
}

export class RefusalLog {
  /** Since the start. */
  readonly counts = new Map<string, number>()
  readonly #clock: Clock
  readonly #log: Logger
  readonly #quiet = new Map<string, Quiet>()

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** Counts one that is nobody's trouble. */
  count(code: string): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1)
  }

  /** Counts and tells one; `code` is one of few. */
  add(code: string, told: string, remote: string): void {
    this.count(code)
    const quiet = this.#quiet.get(code)
    if (quiet !== undefined) {
      quiet.more += 1
      quiet.last = told
      return
    }
    this.#log.warning(told, { code, remote })
    this.#quiet.set(code, { more: 0, last: told, cancel: this.#after(code) })
  }

  /** Tells what is left, and waits no longer. */
  close(): void {
    for (const [code, quiet] of [...this.#quiet]) {
      quiet.cancel()
      this.#quiet.delete(code)
      this.#tell(code, quiet)
    }
  }

  #after(code: string): Cancel {
    return this.#clock.after(QUIET_MS, () => this.#awake(code))
  }

  #awake(code: string): void {
    const quiet = this.#quiet.get(code)
    if (quiet === undefined) return
    if (quiet.more === 0) {
      this.#quiet.delete(code)
      return
    }
    this.#tell(code, quiet)
    this.#quiet.set(code, { more: 0, last: '', cancel: this.#after(code) })
  }

  #tell(code: string, { more, last }: Quiet): void {
    if (more > 0)
      this.#log.warning(`${more} more refused with ${code}; the last: ${last}`, { code })
  }
}
