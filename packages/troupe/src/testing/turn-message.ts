/**
 * testing/turn-message: a message by which the kit acts inside a process it has wrapped.
 *
 * It runs as a turn of the process like any other message, so what the kit delivers keeps the
 * order and the suspensions of real messages.
 */
import type { Handler, ProcessContext } from '#contract'

/** No protocol of a user names a message like this. */
export const TURN_MESSAGE = 'troupe.testing.turn'

/** What to do with the state and the context of the process. */
export interface TurnWork<S> {
  readonly run: (state: S, context: ProcessContext) => unknown
}

/** The handler of turn messages. */
export function turnHandler<S>(): Handler<S> {
  return (state, payload, context) => (payload as TurnWork<S>).run(state, context)
}
