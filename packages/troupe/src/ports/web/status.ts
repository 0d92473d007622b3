/**
 * ports/web/status: which HTTP status stands for which failure of a request to an actor.
 *
 * Pure. 503: nobody is there to take it, or all are busy; asking again may help. 504: it was
 * taken and took too long. 502: it was taken and failed, or was answered with nonsense.
 *
 * @source ergo-features 12 and 13 (web handler); RFC 9110, 15.6
 */
import { type ErrorCode, TroupeError } from '#contract'

/** A status for a client whose request failed, and a sentence. */
export interface WebFailure {
  readonly status: 502 | 503 | 504
  /** One sentence for the client; tells nothing of the inside. */
  readonly reason: string
}

const BUSY: WebFailure = Object.freeze({ status: 503, reason: 'all handlers are busy' })
const ABSENT: WebFailure = Object.freeze({ status: 503, reason: 'the handler is not there' })
const LATE: WebFailure = Object.freeze({ status: 504, reason: 'the handler took too long' })
const FAILED: WebFailure = Object.freeze({ status: 502, reason: 'the handler failed' })

const FAILURES: Readonly<Partial<Record<ErrorCode, WebFailure>>> = Object.freeze({
  MAILBOX_FULL: BUSY,
  POOL_SATURATED: BUSY,
  PROCESS_UNKNOWN: ABSENT,
  PROCESS_INCARNATION: ABSENT,
  NAME_UNKNOWN: ABSENT,
  ALIAS_UNKNOWN: ABSENT,
  NODE_STOPPED: ABSENT,
  NO_ROUTE: ABSENT,
  NO_CONNECTION: ABSENT,
  CALL_TIMEOUT: LATE,
})

/** The answer to a client whose request failed with this. */
export function webFailureOf(thrown: unknown): WebFailure {
  return (TroupeError.is(thrown) ? FAILURES[thrown.code] : undefined) ?? FAILED
}
