/**
 * network/peer/far-answers: one request of another node, and where its answer goes.
 *
 * Kept until it is answered, so that what a lost node has asked is forgotten with it.
 */
import type { FarRequest, Pid, Priority, TroupeError, WireAnswers } from '#contract'
import type { Outbox } from './outbox.js'

/** What was asked. */
export interface Asked {
  /** Its number at the other node. */
  readonly id: number
  readonly from: Pid | undefined
  readonly head: { readonly priority: Priority }
}

export class FarAnswers implements WireAnswers {
  /** What the node keeps for it. */
  handle: FarRequest | undefined = undefined
  waiting = true
  readonly #outbox: Outbox
  /** Those that are not answered. */
  readonly #open: Set<FarAnswers>
  readonly #asked: Asked

  constructor(outbox: Outbox, open: Set<FarAnswers>, asked: Asked) {
    this.#outbox = outbox
    this.#open = open
    this.#asked = asked
  }

  reply(value: unknown, by?: Pid): boolean {
    if (!this.#settle()) return false
    const { id, from, head } = this.#asked
    this.#outbox.reply(id, value, from, by, head.priority)
    return true
  }

  reject(error: TroupeError): boolean {
    if (!this.#settle()) return false
    this.#outbox.reject(this.#asked.id, error)
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
