/**
 * network/peer/farewell: the last words to another node: what was accepted leaves before the end.
 *
 * Waits until the other node has acknowledged everything that was there when it was left, pieces
 * of large messages too, or until the time is up, or the line has gone; then says good-bye. What
 * still comes from there meanwhile is for nobody and not acknowledged: its sender counts it.
 *
 * @source design 4.5
 */
import type { Cancel, Clock } from '#base/clock'
import type { Session } from '#network/session/session'
import type { Transfers } from './transfers.js'

/** Who is left, and how. */
export interface FarewellParts {
  readonly clock: Clock
  readonly session: Session
  readonly transfers: Transfers
  /** So long it may take, in milliseconds. */
  readonly limitMs: number
  /**
   * It is over, with so many messages that were not acknowledged; `late` of them are answers that
   * were written when all else had been, whose callers there know that this node has left.
   */
  readonly over: (lost: number, late: number) => void
}

export class Farewell {
  readonly #parts: FarewellParts
  readonly #cancel: Cancel
  /** Where the stream ended when the last piece had been written to it. */
  #end: number | undefined = undefined
  /** Messages written by then. */
  #messages = Number.POSITIVE_INFINITY
  #isOver = false

  constructor(parts: FarewellParts) {
    this.#parts = parts
    const { outgoing } = parts.session
    const { onRoom } = outgoing
    outgoing.onRoom = () => {
      onRoom?.()
      this.#look()
    }
    this.#cancel = parts.clock.after(parts.limitMs, () => this.end())
    parts.session.deafen()
    outgoing.flush()
    this.#look()
  }

  /** Now, whatever is left: the time is up, or there is no way any more. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancel()
    const { session, transfers, over } = this.#parts
    session.close()
    // What is large may have been announced, and that acknowledged, long before it leaves.
    const { messages, acknowledged } = session.outgoing
    const late = Math.max(0, messages - Math.max(acknowledged, this.#messages))
    over(messages - acknowledged + transfers.waiting, late)
  }

  #look(): void {
    const { session, transfers } = this.#parts
    const { acknowledgedBytes, keptBytes, messages } = session.outgoing
    // Answers that are written from now on are not waited for: there could be ever more of them.
    if (transfers.waiting === 0 && this.#end === undefined) {
      this.#end = acknowledgedBytes + keptBytes
      this.#messages = messages
    }
    if (this.#end !== undefined && acknowledgedBytes >= this.#end) this.end()
  }
}
