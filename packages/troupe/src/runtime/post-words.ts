/**
 * runtime/post-words: what the post asks of an address, a key function and a failure: pure.
 */
import { Alias, type DropCause, Pid, ProcessName, type SendFailure } from '#contract'
import type { Limit } from './extension.js'
import type { EntryName } from './message.js'

/** The dead-letter cause of a failure that is told at once. */
const CAUSES: Readonly<Record<SendFailure, DropCause>> = Object.freeze({
  PROCESS_UNKNOWN: 'process-unknown',
  PROCESS_INCARNATION: 'process-unknown',
  PROCESS_REVOKED: 'process-revoked',
  ALIAS_UNKNOWN: 'process-unknown',
  NAME_UNKNOWN: 'process-unknown',
  MAILBOX_FULL: 'mailbox-full',
  MESSAGE_INVALID: 'message-refused',
  NO_ROUTE: 'no-route',
  SERVICE_UNAVAILABLE: 'no-route',
  NO_CONNECTION: 'no-route',
  CONNECTION_FULL: 'connection-full',
  PAYLOAD_UNSUPPORTED: 'payload-refused',
  PAYLOAD_TOO_LARGE: 'payload-refused',
  NODE_STOPPED: 'node-stopped',
})

export const causeOf = (failure: SendFailure): DropCause => CAUSES[failure]

/** False for what is no address: untyped callers may give anything. */
export function isAddress(to: unknown): to is Pid | Alias | ProcessName {
  if (!Pid.is(to) && !Alias.is(to) && !ProcessName.is(to)) return false
  return typeof to.node === 'string' || to.node === undefined
}

/** The key of a message, or undefined; a key function that throws gives none. */
export function keyOf(limit: Limit, name: EntryName, payload: unknown): unknown {
  if (typeof name !== 'string' || limit.keyOf === undefined) return undefined
  try {
    return limit.keyOf(name, payload)
  } catch {
    // The function runs in the sender's turn, and a sender must not fail for it.
    return undefined
  }
}
