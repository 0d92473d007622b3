/**
 * contract/context: what a process may do: the one handle through which an actor acts.
 *
 * A context belongs to one process and acts in its name. `kill` revokes it: what an old handler
 * still sends becomes a dead letter.
 *
 * @source OTP "Processes", "gen_server"; ergo-features 3, 5, 6, 7, 8
 */
import type { AnySpawnable, Spawnable } from './behaviour.js'
import type { TroupeError } from './errors.js'
import type { Address, Alias, EventName, Pid, Ref, Target } from './identity.js'
import type { Priority, ProcessOptions } from './limits.js'
import type { Logger, LogThreshold } from './logger.js'
import type {
  AnyProtocol,
  Given,
  MessageNameOf,
  NoReply,
  PayloadOf,
  ReplyOf,
  RequestNameOf,
} from './protocol.js'
import type { ExitReason } from './reason.js'
import type { EventMessage } from './signal.js'

/** Why a send did not happen, told at once; undefined when the message was accepted. */
export type SendFailure =
  | 'PROCESS_UNKNOWN'
  | 'PROCESS_INCARNATION'
  | 'PROCESS_REVOKED'
  | 'ALIAS_UNKNOWN'
  | 'NAME_UNKNOWN'
  | 'MAILBOX_FULL'
  | 'MESSAGE_INVALID'
  | 'NO_ROUTE'
  | 'NO_CONNECTION'
  | 'NODE_STOPPED'

export interface SendOptions {
  /** Queue at the receiver: `normal` main, `high` system, `max` urgent. */
  readonly priority?: Priority
}

export interface CallOptions {
  /** Longest wait for the answer, in milliseconds; default 5,000. */
  readonly timeoutMs?: number
  readonly priority?: Priority
  /** Gives up early with CALL_ABORTED. */
  readonly signal?: AbortSignal
}

/** Whoever can send and call: a process through its context, or a node. */
export interface Sender {
  /**
   * Sends a one-way message; never blocks, never throws for a dead receiver.
   *
   * @returns undefined when accepted, otherwise the code of the failure (also a dead letter).
   */
  send<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions]>
  ): SendFailure | undefined
  /** Like `send`, but waits while a mailbox with the policy `block`, or the far side, is full. */
  sendWhenRoom<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions]>
  ): Promise<SendFailure | undefined>
  /** Like `send`, but the far node confirms that the message was queued. */
  sendImportant<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions]>
  ): Promise<SendFailure | undefined>
  /**
   * Asks and waits for the answer. Declared failures arrive as values (`isFailure`).
   *
   * Rejects with CALL_TIMEOUT, CALL_ABORTED, CALL_SELF, CALLEE_ENDED, HANDLER_FAILED,
   * PROCESS_UNKNOWN, NAME_UNKNOWN, ALIAS_UNKNOWN, MAILBOX_FULL, MESSAGE_UNKNOWN, MESSAGE_INVALID,
   * POOL_SATURATED, NO_ROUTE, NO_CONNECTION, NODE_STOPPED.
   *
   * @example const n = await node.call(counter, 'value')
   */
  call<P extends AnyProtocol, const K extends RequestNameOf<P>>(
    to: Address<P>,
    request: K,
    ...payload: Given<PayloadOf<P, K>, [options?: CallOptions]>
  ): Promise<ReplyOf<P, K>>
  /** Sends an exit signal: the target ends with `reason` unless it traps. */
  exit(to: Pid, reason: ExitReason): void
  /** Ends a process at once; nothing it does afterwards counts. */
  kill(to: Pid): void
}

export interface SpawnOptions extends ProcessOptions {
  /** Registered before `init` runs; NAME_TAKEN when held by another. */
  readonly name?: string
  /** Links spawner and child, atomically. */
  readonly link?: boolean
  /** Monitors the child, atomically; a failed `init` still rejects the spawn. */
  readonly monitor?: boolean
  /** Overrides the environment inherited from node, application, leader and parent. */
  readonly env?: Readonly<Record<string, unknown>>
  readonly logLevel?: LogThreshold
  /** Group leader; default that of the spawner. */
  readonly leader?: Pid
  /** How often this child was restarted before; a supervisor counts, `processInfo` shows it. */
  readonly restarts?: number
  /** Messages of an earlier incarnation, handled first; from `preserveMailbox`. */
  readonly inherit?: PreservedMailbox
}

/** What was waiting when a process with `preserveMailbox` ended abnormally. Opaque. */
export interface PreservedMailbox {
  readonly kind: 'preserved-mailbox'
  readonly length: number
  /** Gives the messages up: each becomes a dead letter. */
  drop(): void
}

/** The arguments of `init`, required only when it takes some. */
export type SpawnArgs<A extends readonly unknown[]> = [] extends A
  ? { readonly args?: Readonly<A> }
  : { readonly args: Readonly<A> }

/** The arguments that a definition is spawned with. */
export type ArgsOf<S> =
  S extends Spawnable<AnyProtocol, infer A>
    ? A
    : S extends { readonly prototype?: { init?(...args: infer A): unknown } }
      ? A
      : readonly unknown[]

type SpawnGiven<A extends readonly unknown[]> = [] extends A
  ? [options?: SpawnOptions & SpawnArgs<A>]
  : [options: SpawnOptions & SpawnArgs<A>]

/** Whoever can make processes. */
export interface Spawner {
  /**
   * Makes a process and waits until its `init` is done.
   *
   * Rejects with INIT_FAILED (cause: what init threw), INIT_TIMEOUT, NAME_TAKEN, NAME_INVALID,
   * HANDLER_MISSING, HANDLER_RESERVED, OPTION_INVALID, NODE_STOPPED.
   *
   * @example const pid = await node.spawn(counterActor, { name: 'counter', args: [0] })
   */
  spawn<P extends AnyProtocol, A extends readonly unknown[]>(
    definition: Spawnable<P, A>,
    // NoInfer: the parameters of init alone say which arguments there are.
    ...options: SpawnGiven<NoInfer<A>>
  ): Promise<Pid<P>>
  /** Like `spawn` for a definition whose types are not known: supervisors, tools. */
  spawnAny(
    definition: AnySpawnable,
    options?: SpawnOptions & { readonly args?: readonly unknown[] },
  ): Promise<Pid>
}

/** Answers a request after its handler has returned `NoReply`. */
export interface Replier<R = unknown> {
  /** Who asked. */
  readonly from: Pid | undefined
  /** False once answered, given up by the caller, or past its deadline. */
  readonly alive: boolean
  /** Answers; false when nobody waits any more. */
  reply(value: R): boolean
  /** Rejects the caller; false when nobody waits any more. */
  reject(error: TroupeError): boolean
}

/** A timer that ends with its owner. */
export interface Timer {
  /** Ends it; false when it had fired (a single one) or was cancelled before. */
  cancel(): boolean
}

export interface EventOptions {
  /** How many publications a new subscriber is given; default 0. */
  readonly buffer?: number
  /** Tell the owner (handleEventInterest) when the first comes and the last leaves. */
  readonly notify?: boolean
  /** Anybody on this node may publish by name; default false. */
  readonly open?: boolean
}

/** The right to publish an event: whoever holds it may, on the node of the event. */
export interface EventToken<T = unknown> {
  readonly kind: 'event-token'
  readonly event: EventName<T>
  readonly ref: Ref
}

export interface SubscribeOptions {
  /** End with the event (a link) instead of being told by `handleDown` (a monitor). */
  readonly link?: boolean
}

/** A running subscription and what was published before it. */
export interface Subscription<T = unknown> {
  readonly ref: Ref
  /** The event's buffer, oldest first. */
  readonly missed: readonly EventMessage<T>[]
}

/** What a process acts through. */
export interface ProcessContext extends Sender, Spawner {
  readonly self: Pid
  /** The registered name, if any. */
  readonly name: string | undefined
  readonly parent: Pid | undefined
  readonly leader: Pid | undefined
  /** The name of the own node. */
  readonly node: string
  readonly application: string | undefined
  /** Who sent the message that is being handled; undefined outside of handlers. */
  readonly from: Pid | undefined
  /** Milliseconds left for the request that is being handled, if it has a deadline. */
  readonly deadlineMs: number | undefined
  readonly log: Logger

  /** Time as this node sees it: virtual under test. Wall clock, milliseconds since 1970. */
  wallMs(): number
  /** Milliseconds that never go back. */
  nowMs(): number
  /** Chance as this node has it: seeded under test; [0, 1). */
  random(): number

  /** Ends this process after the current handler. */
  stop(reason?: ExitReason): void
  /** Keeps the current request unanswered; return `NoReply` from the handler. */
  replyLater<R = unknown>(): Replier<R>
  /**
   * Hands the current message or request on, with its sender and caller, to a local process.
   * For a request return the result (`NoReply`). A message that cannot be handed on is counted.
   */
  forward(to: Address): NoReply
  /** Like `forward`, but tells whether it was accepted; nothing is counted when it was not. */
  tryForward(to: Address): SendFailure | undefined
  /** Rejects the current request with this error, or counts the message as a dead letter. */
  refuse(cause: 'pool-saturated' | 'route-failed' | 'message-refused', error: TroupeError): NoReply

  /** Links both ways with a process; one way to a name, alias, event or node. */
  link(target: Target): void
  unlink(target: Target): void
  /** Asks to be told once, in `handleDown`, that the target has ended. */
  monitor(target: Target): Ref
  /** Withdraws a monitor, also a notice already waiting; false when it was told or unknown. */
  demonitor(ref: Ref): boolean
  trapExit(on: boolean): void

  /** Takes a further name; a process has at most one (NAME_TAKEN, NOT_ALLOWED). */
  register(name: string): void
  unregister(): void
  whereis(name: string): Pid | undefined
  createAlias(): Alias
  /** Watchers are told `unregistered`. ALIAS_UNKNOWN, ALIAS_NOT_OWNED. */
  deleteAlias(alias: Alias): void

  /** Makes a topic this process owns; NAME_TAKEN when it exists on this node. */
  registerEvent<T = unknown>(event: EventName<T> | string, options?: EventOptions): EventToken<T>
  unregisterEvent(token: EventToken): void
  /** Publishes with the token, or by name when the event is open. */
  publish<T>(event: EventToken<T>, message: T): void
  publish<T>(event: EventName<T>, message: T): void
  /** EVENT_UNKNOWN when nobody owns it. */
  subscribe<T>(event: EventName<T>, options?: SubscribeOptions): Promise<Subscription<T>>
  unsubscribe(event: EventName): void

  /** Runs `run` as a turn of this process, once, after `delayMs`. */
  after(delayMs: number, run: () => unknown): Timer
  /** Runs `run` as a turn of this process every `periodMs`; late turns are not made up for. */
  every(periodMs: number, run: () => unknown): Timer
  /** Runs `run` as a turn of this process at a wall clock time, in milliseconds since 1970. */
  at(timeMs: number, run: () => unknown): Timer
  /** Sends after `delayMs`; a failure at that time is a dead letter. */
  sendAfter<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    delayMs: number,
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions]>
  ): Timer

  /** Settles when a process has ended, with its reason; also while this one is in `terminate`. */
  ended(pid: Pid): Promise<ExitReason>
  /** Settles after `delayMs`; also while this process is in `terminate`. */
  sleep(delayMs: number): Promise<void>
  /** Messages waiting in a local process; undefined when it is not there. */
  mailboxLength(pid: Pid): number | undefined

  /** A value of the environment; keys are case-insensitive. */
  env(key: string): unknown
  /** Changes the own environment; undefined deletes. */
  setEnv(key: string, value: unknown): void
  /**
   * What a child with `preserveMailbox` left behind when it ended, until another inherits it,
   * somebody drops it, or this process ends.
   */
  preservedMailbox(pid: Pid): PreservedMailbox | undefined
}
