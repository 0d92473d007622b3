/**
 * network/refusal-log: who was turned away, counted by code, and told without flooding the log.
 *
 * The first of a code is told at once; more of the same within a second become one line with
 * their number. Knows nothing of handshakes.
 */
import type { Clock } from '#base/clock'
import type { Logger } from '#contract'
import { QuietLog } from './quiet-log.js'

/** One line for each code in this time, in milliseconds. */
const QUIET_MS = 1_000

export class RefusalLog {
  /** Since the start. */
  readonly counts = new Map<string, number>()
  readonly #log: Logger
  readonly #quiet: QuietLog

  constructor(clock: Clock, log: Logger) {
    this.#log = log
    this.#quiet = new QuietLog(clock, log, {
      quietMs: QUIET_MS,
      more: (count, last, { code }) => `${count} more refused with ${code}; the last: ${last}`,
    })
  }

  /** Counts one that is nobody's trouble. */
  count(code: string): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1)
  }

  /** Counts one that is of interest only to who looks for it. */
  note(code: string, told: string, remote: string): void {
    this.count(code)
    this.#log.debug(told, { code, remote })
  }

  /** Counts and tells one; `code` is one of few. */
  add(code: string, told: string, remote: string): void {
    this.count(code)
    this.#quiet.add(code, told, { code, remote })
  }

  /** Tells what is left, and waits no longer. */
  close(): void {
    this.#quiet.close()
  }
}
