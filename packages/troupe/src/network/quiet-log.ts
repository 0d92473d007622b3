/**
 * network/quiet-log: what happens again and again is told once, and then now and then with its
 * number.
 *
 * The first of a key is told at once; more of the same within `quietMs` become one line. Knows
 * nothing of what is told. Limit: `KEYS_MAX` keys at a time; what comes above shares one.
 */
import type { Cancel, Clock } from '#base/clock'
import type { LogFields, Logger } from '#contract'

const KEYS_MAX = 10_000
const SHARED = ''

/** How often, and how what was held back is told. */
export interface QuietRules {
  /** One line for each key in this time. */
  readonly quietMs: number
  /** One line for `count` of them that were not told, and the last. */
  readonly more: (count: number, last: string, fields: LogFields) => string
}

interface Quiet {
  /** Of the same key since the last line. */
  more: number
  last: string
  fields: LogFields
  cancel: Cancel
}

export class QuietLog {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #rules: QuietRules
  readonly #quiet = new Map<string, Quiet>()
  #isClosed = false

  constructor(clock: Clock, log: Logger, rules: QuietRules) {
    this.#clock = clock
    this.#log = log
    this.#rules = rules
  }

  /** Tells it as a warning, now or with others of its key. */
  add(key: string, told: string, fields: LogFields): void {
    const hasRoom = this.#quiet.size < KEYS_MAX || this.#quiet.has(key)
    const held = this.#quiet.get(hasRoom ? key : SHARED)
    if (held !== undefined) {
      held.more += 1
      held.last = told
      held.fields = fields
      return
    }
    this.#log.warning(told, fields)
    if (!this.#isClosed) this.#hold(hasRoom ? key : SHARED)
  }

  /** It is over: what was held back is of no interest, and the next one is told at once. */
  end(key: string): void {
    this.#quiet.get(key)?.cancel()
    this.#quiet.delete(key)
  }

  /** Tells what is left, and waits no longer. */
  close(): void {
    this.#isClosed = true
    for (const [key, quiet] of [...this.#quiet]) {
      this.end(key)
      this.#tell(quiet)
    }
  }

  #hold(key: string): void {
    const cancel = this.#clock.after(this.#rules.quietMs, () => this.#awake(key))
    this.#quiet.set(key, { more: 0, last: '', fields: {}, cancel })
  }

  #awake(key: string): void {
    const quiet = this.#quiet.get(key)
    this.#quiet.delete(key)
    if (quiet === undefined || quiet.more === 0) return
    this.#tell(quiet)
    this.#hold(key)
  }

  #tell({ more, last, fields }: Quiet): void {
    if (more > 0) this.#log.warning(this.#rules.more(more, last, fields), fields)
  }
}
