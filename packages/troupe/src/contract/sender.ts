/**
 * contract/sender: whoever can send and call, and how: a process through its context, or a node.
 *
 * @source OTP "gen_server"; ergo-features 5
 */
import type { Address, Pid } from './identity.js'
import type { Priority } from './limits.js'
import type {
  AnyProtocol,
  Given,
  MessageNameOf,
  PayloadOf,
  ReplyOf,
  RequestNameOf,
} from './protocol.js'
import type { ExitReason } from './reason.js'

/** Every `SendFailure`, for whoever reads one from outside. */
export const SEND_FAILURES = Object.freeze([
  'PROCESS_UNKNOWN',
  'PROCESS_INCARNATION',
  'PROCESS_REVOKED',
  'ALIAS_UNKNOWN',
  'NAME_UNKNOWN',
  'MAILBOX_FULL',
  'MESSAGE_INVALID',
  'NO_ROUTE',
  'SERVICE_UNAVAILABLE',
  'NO_CONNECTION',
  'CONNECTION_FULL',
  'PAYLOAD_UNSUPPORTED',
  'PAYLOAD_TOO_LARGE',
  'NODE_STOPPED',
] as const)

/**
 * Why a send did not happen, told at once; undefined when the message was accepted.
 *
 * Each is also counted as a dead letter; docs/reference/errors.md explains each code.
 */
export type SendFailure = (typeof SEND_FAILURES)[number]

/** How a message is sent. */
export interface SendOptions {
  /**
   * Queue at the receiver: `normal` main, `high` system, `max` urgent. Default: the option
   * `priority` of the sending process. OPTION_INVALID for anything else.
   */
  readonly priority?: Priority
}

/** How an important message is sent. */
export interface ImportantOptions extends SendOptions {
  /**
   * Longest wait for the word of the far node, in milliseconds above 0, or Infinity; default
   * 5,000.
   */
  readonly timeoutMs?: number
}

/** What `sendImportant` may answer; CONFIRM_TIMEOUT is no dead letter: the message may be there. */
export type ImportantFailure = SendFailure | 'CONFIRM_TIMEOUT'

/** How a request is made. */
export interface CallOptions {
  /**
   * Longest wait for the answer, in milliseconds above 0, or Infinity; default 5,000. The
   * deadline of the request that is being handled limits it further.
   */
  readonly timeoutMs?: number
  /** Queue at the receiver, as in `SendOptions`; default `normal`. */
  readonly priority?: Priority
  /** Gives up early with CALL_ABORTED. */
  readonly signal?: AbortSignal
}

/** Whoever can send and call: a process through its context, or a node. */
export interface Sender {
  /**
   * Sends a one-way message; never blocks, never throws for a dead receiver.
   *
   * Accepted means: it lies in the mailbox. Messages of one sender, receiver and priority arrive
   * in the order they were sent. The payload is handed over by reference: do not change it.
   *
   * @returns undefined when accepted, otherwise the code of the failure (also a dead letter).
   * @example const refused = context.send(stock, 'restock', { item: 'tea', count: 3 })
   * @source OTP gen_server:cast; ergo-features 5
   */
  send<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions]>
  ): SendFailure | undefined
  /**
   * Like `send`, but waits while the mailbox is full, under the policies `block` and `fail`.
   *
   * Settles as `send` answers, first come first served; with the failure when the receiver ends
   * meanwhile. Never rejects. Limit: each wait holds its message, so await before the next one.
   *
   * @example for (const row of rows) await context.sendWhenRoom(writer, 'row', row)
   */
  sendWhenRoom<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions]>
  ): Promise<SendFailure | undefined>
  /**
   * Like `send`, but the far node confirms that the message was queued; not that it was handled.
   *
   * On the own node it tells no more than `send`. After CONFIRM_TIMEOUT and NO_CONNECTION nobody
   * knows whether the message was queued. Rejects with OPTION_INVALID.
   *
   * @example const failure = await context.sendImportant(stock, 'restock', { item: 'tea' })
   * @source ergo-features 5 (important delivery)
   */
  sendImportant<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: ImportantOptions]>
  ): Promise<ImportantFailure | undefined>
  /**
   * Asks and waits for the answer. Declared failures arrive as values (`isFailure`).
   *
   * Settles at once when there will be no answer. Not caught in a handler, a rejection ends the
   * process that called. After CALL_TIMEOUT, CALL_ABORTED and CALLEE_ENDED nobody knows whether
   * the request had an effect.
   *
   * Rejects with CALL_TIMEOUT, CALL_ABORTED, CALL_SELF, CALLEE_ENDED, HANDLER_FAILED,
   * PROCESS_UNKNOWN, NAME_UNKNOWN, ALIAS_UNKNOWN, MAILBOX_FULL, MESSAGE_UNKNOWN, MESSAGE_INVALID,
   * POOL_SATURATED, NO_ROUTE, SERVICE_UNAVAILABLE, NO_CONNECTION, NODE_STOPPED.
   *
   * @example const n = await node.call(counter, 'value', undefined, { timeoutMs: 1_000 })
   * @source OTP gen_server:call
   */
  call<P extends AnyProtocol, const K extends RequestNameOf<P>>(
    to: Address<P>,
    request: K,
    ...payload: Given<PayloadOf<P, K>, [options?: CallOptions]>
  ): Promise<ReplyOf<P, K>>
  /**
   * Sends an exit signal: the target ends with `reason`, also `normal`, unless it traps; then it
   * gets the signal in `handleExit`. A handler that runs is finished first. Without effect when
   * the target is gone.
   *
   * @example context.exit(session, 'shutdown')
   * @source OTP exit/2
   */
  exit(to: Pid, reason: ExitReason): void
  /**
   * Ends a process at once, with the reason `killed`: no `terminate`, no trapping, watchers are
   * told now. A handler that runs cannot be stopped; what it still does is void, and until its
   * promise settles the process counts as a zombie. Prefer `exit`.
   */
  kill(to: Pid): void
}
