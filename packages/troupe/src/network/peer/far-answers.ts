/**
 * network/peer/far-answers: one request of another node, and where its answer goes.
 *
 * Kept until it is answered, so that what a lost node has asked is forgotten with it.
 */
import type { FarRequest, Pid, Priority, TroupeError, WireAnswers } from '#contract'
import type { Outbox } from './outbox.js'

export class FarAnswers implements WireAnswers {
  /** What the node keeps for it. */
  handle: FarRequest | undefined = undefined
  waiting = true
  readonly #outbox: Outbox
  /** Those that are not answered. */
  readonly #open: Set<FarAnswers>
  /** Its number at the other node. */
  readonly #id: number
  readonly #from: Pid | undefined
  readonly #priority: Priority

  constructor(
    outbox: Outbox,
    open: Set<FarAnswers>,
    id: number,
    from: Pid | undefined,
    priority: Priority,
  ) {
    this.#outbox = outbox
    this.#open = open
    this.#id = id
    this.#from = from
    this.#priority = priority
  }

  reply(value: unknown, by?: Pid): boolean {
    if (!this.#settle()) return false
    this.#outbox.reply(this.#id, value, this.#from, by, this.#priority)
    return true
  }

  reject(error: TroupeError): boolean {
    if (!this.#settle()) return false
    this.#outbox.reject(this.#id, error)
    return true
  }

  /** The other node is lost. */
  abandon(): void {
    this.waiting = false
    this.handle?.cancel()
  }

  #settle(): boolean {
    if (!this.waiting) return false
    this.waiting = false
    this.#open.delete(this)
    return true
  }
}
