/**
 * ports/seats: the places of several readers, taken in turn.
 *
 * Each connection keeps the seat it got. Knows nothing of connections.
 */
import type { Address, AnyProtocol, ProcessContext, Target } from '#contract'
import { Seat } from './seat.js'

/** The places of several readers that speak `P`; at least one. */
export class Seats<P extends AnyProtocol> {
  readonly #seats: readonly Seat<P>[]
  #turn = 0

  constructor(readers: readonly Address<P>[], context: ProcessContext, timeoutMs: number) {
    this.#seats = readers.map((reader) => new Seat(reader, context, timeoutMs))
  }

  /** The next in turn; one whose reader is not there is passed over when another's is. */
  next(): Seat<P> {
    const seats = this.#seats
    const first = this.#turn
    this.#turn = (first + 1) % seats.length
    for (let i = 0; i < seats.length; i += 1) {
      const seat = seats[(first + i) % seats.length] as Seat<P>
      if (seat.now() !== undefined) return seat
    }
    return seats[first] as Seat<P>
  }

  /** A process has ended that this one monitors: where it was the reader, another may come. */
  left(target: Target): void {
    for (const seat of this.#seats) seat.left(target)
  }
}
