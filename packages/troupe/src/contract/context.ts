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
import type { ProcessOptions } from './limits.js'
import type { Logger, LogThreshold } from './logger.js'
import type { AnyProtocol, Given, MessageNameOf, NoReply, PayloadOf } from './protocol.js'
import type { ExitReason } from './reason.js'
import type { RemoteSpawnOptions } from './remote.js'
import type { Sender, SendFailure, SendOptions } from './sender.js'
import type { EventMessage } from './signal.js'
import type { ProcessTracing, Sampler, SpanHandle } from './tracing.js'

/** How one process is spawned; what is left out comes from its definition, then its spawner. */
export interface SpawnOptions extends ProcessOptions {
  /** Registered before `init` runs, at most 255 bytes; NAME_TAKEN when held by another. */
  readonly name?: string
  /** Links spawner and child, atomically; default false. */
  readonly link?: boolean
  /** Monitors the child, atomically; a failed `init` still rejects the spawn. Default false. */
  readonly monitor?: boolean
  /** Overrides the environment inherited from node, application, leader and parent. */
  readonly env?: Readonly<Record<string, unknown>>
  /** Level of its log and of those it spawns; default that of the spawner. */
  readonly logLevel?: LogThreshold
  /** Group leader; default that of the spawner. */
  readonly leader?: Pid
  /** How often this child was restarted before; a supervisor counts, `processInfo` shows it. */
  readonly restarts?: number
  /** Messages of an earlier incarnation, handled first; from `preserveMailbox`. */
  readonly inherit?: PreservedMailbox
  /** Which traces it begins; default as its application or the node says. */
  readonly sampler?: Sampler
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
   * `args` are the parameters of `init`, required when it has some. A synchronous `init` runs
   * before `spawn` returns; messages that come meanwhile wait.
   *
   * Rejects with INIT_FAILED (cause: what init threw), INIT_TIMEOUT, NAME_TAKEN, NAME_INVALID,
   * HANDLER_MISSING, HANDLER_RESERVED, OPTION_INVALID, NODE_STOPPED.
   *
   * @example const pid = await node.spawn(counterActor, { name: 'counter', args: [0] })
   * @source OTP "proc_lib:start_link"
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

/**
 * Answers a request after its handler has returned `NoReply`. Whoever holds it may answer, once.
 *
 * @source OTP gen_server:reply/2
 */
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
  /** Ends it, also a turn of it that waits already; false when it had run or been cancelled. */
  cancel(): boolean
}

/** How an event is registered. */
export interface EventOptions {
  /** How many publications a new subscriber is given; default 0. */
  readonly buffer?: number
  /** Tell the owner (handleEventInterest) when the first comes and the last leaves; else not. */
  readonly notify?: boolean
  /** Anybody on this node may publish by name; default false. */
  readonly open?: boolean
}

/**
 * The right to publish an event: whoever holds it may, on the node of the event. A plain value,
 * made by `registerEvent`, that may be sent on.
 */
export interface EventToken<T = unknown> {
  readonly kind: 'event-token'
  readonly event: EventName<T>
  readonly ref: Ref
}

/** How a process subscribes. */
export interface SubscribeOptions {
  /** End with the event (a link) instead of being told by `handleDown` (a monitor); else not. */
  readonly link?: boolean
  /**
   * An event of another node: listen again by itself when that node was lost and is back; told as
   * `handleEventGap`. Default false.
   */
  readonly resubscribe?: boolean
}

/** A running subscription and what was published before it. */
export interface Subscription<T = unknown> {
  readonly ref: Ref
  /** The event's buffer, oldest first. */
  readonly missed: readonly EventMessage<T>[]
}

/**
 * What a process acts through; handlers get it as their last argument, a class has it as `this`.
 *
 * After its process was killed or has ended, a send answers PROCESS_REVOKED and everything with an
 * effect throws it. Times are milliseconds; below 0, or not a number: OPTION_INVALID.
 *
 * @source OTP "Processes", "gen_server"; ergo-features 3, 5, 6, 7, 8
 */
export interface ProcessContext extends Sender, Spawner {
  /** The address of this process. */
  readonly self: Pid
  /** The registered name, if any. */
  readonly name: string | undefined
  /** Who spawned it; undefined when the node or an application did. */
  readonly parent: Pid | undefined
  /** The group leader: the first of its ancestors, unless a spawn said otherwise. */
  readonly leader: Pid | undefined
  /** The name of the own node. */
  readonly node: string
  /** The application it belongs to, if any. */
  readonly application: string | undefined
  /**
   * Who sent the message that is being handled; undefined outside of handlers, and when the node
   * itself sent it. With the option `reentrant` only until the first `await`.
   */
  readonly from: Pid | undefined
  /**
   * The node that sent the message that is being handled, as its connection proved it: also where
   * `from` is undefined because a node itself sent it. The own name for all that is local.
   */
  readonly fromNode: string
  /** Milliseconds left for the request that is being handled, if it has a deadline. */
  readonly deadlineMs: number | undefined
  /** Its log; each record names this process. */
  readonly log: Logger

  /** Time as this node sees it: virtual under test. Wall clock, milliseconds since 1970. */
  wallMs(): number
  /** Milliseconds since an arbitrary start, that never go back. */
  nowMs(): number
  /** Chance as this node has it: seeded under test; [0, 1). */
  random(): number

  /**
   * Makes a process at another node, of what that node allows under the name `factory`. This
   * process is its parent: its exit signals cannot be trapped there.
   *
   * Rejects with SPAWN_UNKNOWN, NOT_ALLOWED, NAME_TAKEN, INIT_FAILED, INIT_TIMEOUT, CALL_TIMEOUT,
   * NO_ROUTE, NO_CONNECTION, OPTION_INVALID.
   *
   * @example const worker = await context.spawnAt('b@localhost', 'worker', { link: true })
   * @source ergo-features 23; OTP spawn/4
   */
  spawnAt(node: string, factory: string, options?: RemoteSpawnOptions): Promise<Pid>

  /** Ends this process after the current handler, with `reason`; default `normal`. */
  stop(reason?: ExitReason): void
  /**
   * Keeps the current request unanswered; return `NoReply` from the handler. When this process
   * ends first, the caller gets CALLEE_ENDED. NOT_ALLOWED outside of a request.
   *
   * @example waiting.push(context.replyLater<number>())
   * @source OTP gen_server:reply/2
   */
  replyLater<R = unknown>(): Replier<R>
  /**
   * Hands the current message or request on, with its sender and caller, to a local process.
   * For a request return the result (`NoReply`). What cannot be handed on is counted as
   * `route-failed`, and its caller is rejected. NOT_ALLOWED outside of a handler.
   *
   * @example find: (_state, _query, context) => context.forward('index')
   * @source ergo-features 5 (forward)
   */
  forward(to: Address): NoReply
  /** Like `forward`, but tells whether it was accepted; nothing is counted when it was not. */
  tryForward(to: Address): SendFailure | undefined
  /**
   * Rejects the current request with this error, or counts the message as a dead letter of this
   * cause; the process goes on. Return the result. NOT_ALLOWED outside of a handler.
   */
  refuse(cause: 'pool-saturated' | 'route-failed' | 'message-refused', error: TroupeError): NoReply

  /**
   * Links both ways with a process; one way to a name, alias, event or node. Twice is as good as
   * once. A target that is not there is told as `no-process`: it ends this process, unless it
   * traps.
   *
   * @source OTP link/1
   */
  link(target: Target): void
  /** Takes a link away, of either side; without effect when there is none. */
  unlink(target: Target): void
  /**
   * Asks to be told once, in `handleDown`, that the target has ended; at once with `no-process`
   * when it is not there. Each call makes one more monitor.
   *
   * @returns the ref that the notice carries, for `demonitor`
   * @example const ref = context.monitor(processName('stock'))
   * @source OTP monitor/2
   */
  monitor(target: Target): Ref
  /** Withdraws a monitor, also a notice already waiting; false when it was told or unknown. */
  demonitor(ref: Ref): boolean
  /** From now on exit signals arrive in `handleExit`, or end this process again. */
  trapExit(on: boolean): void

  /**
   * Takes a name, at most 255 bytes; a process has at most one. NAME_TAKEN, NAME_INVALID,
   * NOT_ALLOWED when it has one.
   */
  register(name: string): void
  /** Gives the name up; who watches it is told `unregistered`. Without effect when it has none. */
  unregister(): void
  /** The process of this node with this name. */
  whereis(name: string): Pid | undefined
  /** Makes a further address of this process, which `deleteAlias` or its end takes back. */
  createAlias(): Alias
  /** Watchers are told `unregistered`. ALIAS_UNKNOWN, ALIAS_NOT_OWNED. */
  deleteAlias(alias: Alias): void

  /**
   * Makes a topic this process owns; it ends with the process. NAME_TAKEN when it exists on this
   * node, OPTION_INVALID for a `buffer` that is no whole number.
   *
   * @returns the token with which to publish
   * @example const token = context.registerEvent(eventName<Price>('prices'), { buffer: 10 })
   * @source ergo-features 8
   */
  registerEvent<T = unknown>(event: EventName<T> | string, options?: EventOptions): EventToken<T>
  /** Ends a topic; subscribers are told `unregistered`. EVENT_UNKNOWN, EVENT_NOT_OWNED. */
  unregisterEvent(token: EventToken): void
  /**
   * Publishes with the token, or by name when the event is open: one shared object for all
   * subscribers. EVENT_UNKNOWN, EVENT_NOT_OWNED.
   */
  publish<T>(event: EventToken<T>, message: T): void
  publish<T>(event: EventName<T>, message: T): void
  /**
   * From now on publications arrive in `handleEvent`; what the buffer holds is in the answer.
   * Twice is as good as once. Rejects with EVENT_UNKNOWN when nobody owns it.
   *
   * @example const { missed } = await context.subscribe(prices)
   */
  subscribe<T>(event: EventName<T>, options?: SubscribeOptions): Promise<Subscription<T>>
  /** Ends a subscription, with its link or monitor; without effect when there is none. */
  unsubscribe(event: EventName): void

  /**
   * Runs `run` as a turn of this process, once, after `delayMs`. A throw ends the process. The turn
   * waits behind what is in the queue of its priority; default `normal`.
   */
  after(delayMs: number, run: () => unknown, options?: SendOptions): Timer
  /**
   * Runs `run` as a turn of this process every `periodMs`, 1 or more, without drift; turns that
   * come late are not made up for.
   *
   * @example const beat = context.every(1_000, () => context.log.info('alive'))
   */
  every(periodMs: number, run: () => unknown): Timer
  /** Runs `run` as a turn of this process at a wall clock time, in milliseconds since 1970. */
  at(timeMs: number, run: () => unknown): Timer
  /**
   * Sends after `delayMs`; a failure at that time is a dead letter.
   *
   * @source OTP erlang:send_after/3
   */
  sendAfter<P extends AnyProtocol, const K extends MessageNameOf<P>>(
    delayMs: number,
    to: Address<P>,
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions]>
  ): Timer

  /**
   * Settles when a process has ended, with its reason; at once with `no-process` when it is not
   * there, with `no-connection` when its node is lost. Also while this one is in `terminate`.
   */
  ended(pid: Pid): Promise<ExitReason>
  /** Settles after `delayMs`; also while this process is in `terminate`. */
  sleep(delayMs: number): Promise<void>
  /** Messages waiting in a local process; undefined when it is not there. */
  mailboxLength(pid: Pid): number | undefined
  /** Like `mailboxLength`, with the messages whose asynchronous handlers have not settled. */
  loadOf(pid: Pid): number | undefined

  /**
   * Begins a span within the current one; what is sent until its end belongs to it. Without a
   * trace nothing happens. OPTION_INVALID for a name that is none.
   *
   * @example const span = context.span('price the order')
   */
  span(name: string): SpanHandle
  /** Its trace: what travels on to the outside world, attributes, who begins one. */
  readonly tracing: ProcessTracing

  /** A value of the environment; keys are case-insensitive. */
  env(key: string): unknown
  /** Changes the own environment; undefined deletes. Children that run keep theirs. */
  setEnv(key: string, value: unknown): void
  /**
   * What a child with `preserveMailbox` left behind when it ended, until another inherits it,
   * somebody drops it, or this process ends.
   */
  preservedMailbox(pid: Pid): PreservedMailbox | undefined
}
