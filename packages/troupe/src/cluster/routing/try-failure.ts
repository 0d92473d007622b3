/**
 * cluster/routing/try-failure: what the failure of one try says of its node and of its request.
 *
 * Pure. `begun`: whether somebody may have begun with the request; what is certain only counts
 * when it was refused at once here, or when the code is that of this very address: an answer may
 * hand on the code of somebody further on. `blamed`: whether it counts against the node.
 *
 * ```text
 * kind      means                                           begun       blamed
 * unreached nobody is there, or no way leads there          no          yes
 * declined  it is there and has no room, or asks itself     no          no
 * lost      sent, and there will be no answer               perhaps     yes
 * answered  an answer, whatever it says                     yes         no, it works
 * caller    the caller gave up, or the request is wrong     does not matter
 * ```
 *
 * @source design 4.7, 4.8; ergo-features 5
 */
import { type ErrorCode, formatTarget, type ProcessName, TroupeError } from '#contract'

export type TryFailureKind = 'unreached' | 'declined' | 'lost' | 'answered' | 'caller'

/** What a failure says. */
export interface TryFailure {
  readonly kind: TryFailureKind
  /** Nobody can have begun with the request. */
  readonly isFresh: boolean
}

const KINDS: Readonly<Partial<Record<ErrorCode, TryFailureKind>>> = Object.freeze({
  NO_ROUTE: 'unreached',
  NAME_UNKNOWN: 'unreached',
  PROCESS_UNKNOWN: 'unreached',
  PROCESS_INCARNATION: 'unreached',
  NODE_STOPPED: 'unreached',
  CONNECTION_FULL: 'unreached',
  MAILBOX_FULL: 'declined',
  POOL_SATURATED: 'declined',
  CALL_SELF: 'declined',
  NO_CONNECTION: 'lost',
  CALL_TIMEOUT: 'lost',
  CALLEE_ENDED: 'lost',
  CALL_ABORTED: 'caller',
  PROCESS_REVOKED: 'caller',
  OPTION_INVALID: 'caller',
  MESSAGE_INVALID: 'caller',
  PAYLOAD_TOO_LARGE: 'caller',
  PAYLOAD_UNSUPPORTED: 'caller',
})

/** `atOnce`: it came while the request was being sent, so that nobody has seen it. */
export function tryFailure(thrown: unknown, to: ProcessName, atOnce: boolean): TryFailure {
  if (!TroupeError.is(thrown)) return { kind: 'answered', isFresh: false }
  const kind = KINDS[thrown.code] ?? 'answered'
  const isNever = kind === 'unreached' || kind === 'declined'
  return { kind, isFresh: isNever && (atOnce || isOf(thrown, to)) }
}

/** The error speaks of this address and of no other. */
function isOf(error: TroupeError, to: ProcessName): boolean {
  const detail: Readonly<Record<string, string | number>> = error.detail
  if (detail['to'] !== undefined) return detail['to'] === formatTarget(to)
  if (detail['node'] !== to.node) return false
  return error.code !== 'NAME_UNKNOWN' || detail['name'] === to.name
}
