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

/** A status that a port answers by itself, and a sentence. */
export type WebRefusal = WebFailure | { readonly status: 400 | 413 | 501; readonly reason: string }

const failure = (status: WebFailure['status'], reason: string): WebFailure =>
  Object.freeze({ status, reason })

const BUSY = failure(503, 'all handlers are busy')
const ABSENT = failure(503, 'the handler is not there')
/** The answer did not begin in time. */
export const LATE = failure(504, 'the handler took too long')
/** The handler threw. */
export const FAILED = failure(502, 'the handler failed')
/** The handler answered what HTTP cannot say. */
export const NONSENSE = failure(502, 'the handler answered nonsense')
/** The port has ended. */
export const STARTING = failure(503, 'the service is starting again')
/** The limit of requests under way. */
export const TOO_MANY = failure(503, 'too many requests are under way')

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
