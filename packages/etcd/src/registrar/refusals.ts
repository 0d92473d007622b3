/**
 * registrar/refusals: counts by code what was not taken, and tells the log the first of each.
 *
 * Limit: one warning for each code; the numbers stand in `info().refused`.
 */
import type { Logger } from 'troupe'
import { printable } from 'troupe/registrar'

const KEY_BYTES_SHOWN = 200

export class Refusals {
  readonly #log: Logger
  readonly #counts = new Map<string, number>()

  constructor(log: Logger) {
    this.#log = log
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** Something under a key cannot be read. */
  readonly refuse = (code: string, problem: string, key: Uint8Array): void => {
    this.#add(code, problem, key)
  }

  count(code: string, problem: string): void {
    this.#add(code, problem, undefined)
  }

  #add(code: string, problem: string, key: Uint8Array | undefined): void {
    const before = this.#counts.get(code) ?? 0
    this.#counts.set(code, before + 1)
    if (before > 0) return
    const start = key?.subarray(0, KEY_BYTES_SHOWN)
    const shown = start === undefined ? '' : printable(Buffer.from(start).toString())
    this.#log.warning('something in etcd is not taken; more of its kind is only counted', {
      ...{ code, problem: printable(problem) },
      key: shown,
    })
  }
}
