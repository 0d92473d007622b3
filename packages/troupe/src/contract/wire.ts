/**
 * contract/wire: what a node asks of its network; the simulated world and TCP both answer it.
 *
 * The runtime hands over what is addressed to another node and never learns how it travels.
 * Whoever makes the node plugs it in.
 *
 * @source ergo-features 19
 */
import type { TroupeError } from './errors.js'
import type { Address, EventName, Pid, Ref, Target } from './identity.js'
import type { Priority } from './limits.js'
import type { ExitReason } from './reason.js'
import type { SendFailure } from './sender.js'

/** What travels with every message beside its payload. */
export interface Envelope {
  readonly from: Pid | undefined
  readonly priority: Priority
  /** Wall clock, milliseconds since 1970; undefined for messages without one. */
  readonly deadlineMs: number | undefined
  /** W3C trace context; undefined when not traced. */
  readonly trace: string | undefined
  /** Position among the messages of this sender, receiver and priority; 0 = not yet given. */
  readonly sequence: number
  /** The life of the sending node. */
  readonly incarnation: number
}

/** Where the answer of a far request goes; false when nobody waits any more. */
export interface WireAnswers {
  reply(value: unknown): boolean
  reject(error: TroupeError): boolean
}

/** The way to other nodes. */
export interface Wire {
  send(
    node: string,
    to: Address,
    message: string,
    payload: unknown,
    envelope: Envelope,
  ): SendFailure | undefined
  /** Sends a request; exactly one of `answers` is called, unless a failure is returned. */
  call(
    node: string,
    to: Address,
    request: string,
    payload: unknown,
    envelope: Envelope,
    answers: WireAnswers,
  ): SendFailure | undefined
  /** Settles when the far node has queued the message, or with the failure. */
  sendImportant(
    node: string,
    to: Address,
    message: string,
    payload: unknown,
    envelope: Envelope,
  ): Promise<SendFailure | undefined>
  exit(node: string, from: Pid, to: Pid, reason: ExitReason): void
  watch(node: string, watcher: Pid, target: Target, ref: Ref): SendFailure | undefined
  unwatch(node: string, watcher: Pid, ref: Ref): void
  subscribe(node: string, subscriber: Pid, event: EventName, ref: Ref): SendFailure | undefined
  stop(): Promise<void>
}
