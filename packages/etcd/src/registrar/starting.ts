/**
 * registrar/starting: when the start of a registrar is over: all is there, or it will come later.
 *
 * Limit: `START_MS`, and as long as the lease of an earlier life of the node may go on.
 */
import type { Cancel, Clock } from 'troupe/registrar'

/** A start that has not reached etcd for so long goes on without; it is reached later. */
export const START_MS = 5_000

export interface StartingGiven {
  readonly clock: Clock
  /** What has to be read. */
  readonly waits: Set<string>
  readonly isRegistered: boolean
  readonly limitMs: number
  readonly leaseTtlMs: number
}

export class Starting {
  /** Rejects with what was told to `fail`. */
  readonly settled: Promise<void>
  readonly #given: StartingGiven
  #isRegistered: boolean
  #isOpen = true
  #settle: (thrown?: unknown) => void = () => {}
  #cancel: Cancel

  constructor(given: StartingGiven) {
    this.#given = given
    this.#isRegistered = given.isRegistered
    this.settled = new Promise((resolve, reject) => {
      this.#settle = (thrown) => (thrown === undefined ? resolve() : reject(thrown))
    })
    const limitMs = Math.min(START_MS, given.limitMs)
    this.#cancel = given.clock.after(limitMs, () => this.#end())
  }

  /** Whatever is found is no news yet. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  has(prefix: string): void {
    this.#given.waits.delete(prefix)
    this.#look()
  }

  registered(): void {
    this.#isRegistered = true
    this.#look()
  }

  /** The key of the node is there, and may go with its lease. */
  wait(): void {
    if (!this.#isOpen) return
    const { clock, leaseTtlMs } = this.#given
    this.#cancel()
    this.#cancel = clock.after(2 * leaseTtlMs + START_MS, () => this.#end())
  }

  /** False: the start was over before. */
  fail(thrown: unknown): boolean {
    if (!this.#isOpen) return false
    this.#end(thrown)
    return true
  }

  stop(): void {
    this.#end()
  }

  #look(): void {
    if (this.#isRegistered && this.#given.waits.size === 0) this.#end()
  }

  #end(thrown?: unknown): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#cancel()
    this.#settle(thrown)
  }
}
