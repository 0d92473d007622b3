/**
 * registrar/refusals: counts by code what was not taken, and tells the log of each.
 *
 * Limit: `TOLD_MAX` warnings of one code in a minute; the numbers stand in `info().refused`.
 */
import type { Logger } from 'troupe'
import { printable } from 'troupe/registrar'

const KEY_BYTES_SHOWN = 200
const TOLD_MAX = 10
const WINDOW_MS = 60_000

const USUAL = 'something in etcd is not taken'
/** What it means for whoever reads the log. */
const HEADLINES: ReadonlyMap<string, string> = new Map([
  ['CONFIG_INVALID', 'a configuration value in etcd cannot be read; the last good one goes on'],
  ['ETCD_REFUSED', 'etcd does not allow what this node asks of it'],
  ['ETCD_REWOUND', 'etcd went back to an older state; all is read again'],
])

/** What was refused under one code. */
interface Tally {
  count: number
  /** Warnings since the window began. */
  told: number
  sinceMs: number
}

export class Refusals {
  readonly #log: Logger
  readonly #nowMs: () => number
  readonly #tallies = new Map<string, Tally>()

  constructor(log: Logger, nowMs: () => number) {
    this.#log = log
    this.#nowMs = nowMs
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#tallies].map(([code, { count }]) => [code, count]))
  }

  /** Something under a key cannot be read. */
  readonly refuse = (code: string, problem: string, key: Uint8Array): void => {
    if (!this.#isTold(code)) return
    const shown = printable(Buffer.from(key.subarray(0, KEY_BYTES_SHOWN)).toString())
    this.#tell(code, { code, key: shown, problem: printable(problem) })
  }

  /** Something that is of no key. */
  count(code: string, problem: string): void {
    if (this.#isTold(code)) this.#tell(code, { code, problem: printable(problem) })
  }

  /** Counts it; whether there is room for one more warning. */
  #isTold(code: string): boolean {
    const nowMs = this.#nowMs()
    const tally = this.#tallies.get(code) ?? { count: 0, told: 0, sinceMs: nowMs }
    this.#tallies.set(code, tally)
    tally.count += 1
    if (nowMs - tally.sinceMs >= WINDOW_MS) {
      tally.sinceMs = nowMs
      tally.told = 0
    }
    if (tally.told >= TOLD_MAX) return false
    tally.told += 1
    return true
  }

  #tell(code: string, fields: Readonly<Record<string, string>>): void {
    const headline = HEADLINES.get(code) ?? USUAL
    const isLast = this.#tallies.get(code)?.told === TOLD_MAX
    const more = isLast ? '; more of its kind is only counted for a while' : ''
    this.#log.warning(`${headline}${more}`, fields)
  }
}
