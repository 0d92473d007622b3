/**
 * network/peer/farewell: the last words to another node: what was accepted leaves before the end.
 *
 * Waits until the other node has acknowledged everything that was there when it was left, pieces
 * of large messages too, or until the time is up, or the line has gone; then says good-bye. What
 * still comes from there meanwhile is for nobody: it is acknowledged, so that two nodes that leave
 * each other at once do not wait for each other, and counted by whoever asks.
 *
 * @source design 4.5
 */
import type { Cancel, Clock } from '#base/clock'
import type { Session } from '#network/session/session'
import { KIND } from './kinds.js'
import type { Transfers } from './transfers.js'

/** Reason of a good-bye: this node stops or disconnects. */
export const BYE_STOP = 1

/** Kinds that carry what a program has sent; all others are words between the two nodes. */
const MESSAGES: readonly number[] = [
  ...[KIND.send, KIND.call, KIND.reply, KIND.confirm, KIND.event, KIND.large, KIND.compressed],
]

/** Who is left, and how. */
export interface FarewellParts {
  readonly clock: Clock
  readonly session: Session
  readonly transfers: Transfers
  /** So long it may take, in milliseconds. */
  readonly limitMs: number
  /** It is over: messages not acknowledged, and messages that came when nobody took them. */
  readonly over: (lost: number, unheard: number) => void
}

export class Farewell {
  readonly #parts: FarewellParts
  readonly #cancel: Cancel
  /** Where the stream ended when the last piece had been written to it. */
  #end: number | undefined = undefined
  #unheard = 0
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
    outgoing.flush()
    this.#look()
  }

  /** A message has come; nobody takes it any more. */
  heard(kind: number): void {
    if (MESSAGES.includes(kind)) this.#unheard += 1
  }

  /** Now, whatever is left: the time is up, or there is no way any more. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancel()
    const { session, over } = this.#parts
    session.close(BYE_STOP)
    over(session.outgoing.messages - session.outgoing.acknowledged, this.#unheard)
  }

  #look(): void {
    const { session, transfers } = this.#parts
    const { acknowledgedBytes, keptBytes } = session.outgoing
    // Answers that are written from now on are not waited for: there could be ever more of them.
    if (transfers.waiting === 0) this.#end ??= acknowledgedBytes + keptBytes
    if (this.#end !== undefined && acknowledgedBytes >= this.#end) this.end()
  }
}
