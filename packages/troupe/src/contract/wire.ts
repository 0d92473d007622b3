/**
 * contract/wire: what a node asks of its network; the simulated world and TCP both answer it.
 *
 * The runtime hands over what is addressed to another node and never learns how it travels.
 * Answers come back through `WireReceiver`, which the runtime implements.
 *
 * @source ergo-features 19
 */
import type { SendFailure } from './context.js'
import type { Address, EventName, Pid, Ref, Target } from './identity.js'
import type { Priority } from './limits.js'
import type { ExitReason } from './reason.js'

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

/** The way to other nodes. */
export interface Wire {
  send(
    node: string,
    to: Address,
    message: string,
    payload: unknown,
    envelope: Envelope,
  ): SendFailure | undefined
  /** Sends a request; its answer, or its failure, comes to `answered` with the same ref. */
  call(
    node: string,
    to: Address,
    request: string,
    payload: unknown,
    ref: Ref,
    envelope: Envelope,
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
