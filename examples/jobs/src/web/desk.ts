/**
 * web/desk: what the web of a coordinator needs of the rest, as verbs.
 *
 * Knows nothing of HTTP. Requests go to the coordinator of the same node, which hands them on to
 * the leader by itself.
 */
import type { PayloadOf, ReplyOf, RequestNameOf, TraceHeaders } from 'troupe'
import type { Coordinator } from '#jobs/coordinator/coordinator-protocol'
import type { TextStore } from './texts.js'

export interface Desk {
  /** Rejects with a coded error when the coordinator cannot be asked. */
  readonly ask: <K extends RequestNameOf<typeof Coordinator>>(
    request: K,
    payload: PayloadOf<typeof Coordinator, K>,
    /** The trace that the client has begun, if any. */
    trace?: TraceHeaders,
  ) => Promise<ReplyOf<typeof Coordinator, K>>
  readonly texts: TextStore
  readonly nowMs: () => number
  /** Runs later, unless what it returns is called before. */
  readonly after: (delayMs: number, run: () => void) => () => void
}
