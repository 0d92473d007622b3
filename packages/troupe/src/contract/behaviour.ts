/**
 * contract/behaviour: what the runtime runs: an init, a table of handlers, an end.
 *
 * `actor()`, `Actor`, `Supervisor`, `Pool`, `Router` and ports all become a `Behaviour`. Whoever
 * wants another kind of actor makes one too; the runtime treats all alike.
 *
 * @source OTP "gen_server behaviour"; ergo-features 6 (the raw layer is public)
 */
import type { ProcessContext } from './context.js'
import type { ProcessOptions } from './limits.js'
import type { LogRecord } from './logger.js'
import type { Upbringing } from './process-facts.js'
import type { AnyProtocol } from './protocol.js'
import type { ExitReason } from './reason.js'
import type { Down, EventGap, EventInterest, EventMessage, Exit } from './signal.js'

/** Handles one message; what it returns matters for requests only. */
export type Handler<S> = (state: S, payload: unknown, context: ProcessContext) => unknown

/** What a process is, for people who look at a node. */
export type BehaviourKind = 'actor' | 'supervisor' | 'pool' | 'router' | 'port' | 'system'

/** What is known of a message that has no handler by name. */
export interface Untyped {
  readonly message: string
  readonly payload: unknown
}

/**
 * What the runtime needs to run a process whose state is `S`. For those who write a new kind of
 * actor; to write an actor, use `actor()` or `Actor.of`.
 *
 * @source ergo-features 6 (the raw layer)
 */
export interface Behaviour<S = unknown> {
  /** Shown in logs and listings. */
  readonly name: string
  readonly kind: BehaviourKind
  readonly protocol: AnyProtocol | undefined
  /** Handlers of one-way messages by name. */
  readonly messages: ReadonlyMap<string, Handler<S>>
  /** Handlers of requests by name. */
  readonly requests: ReadonlyMap<string, Handler<S>>
  /** Defaults for the processes of this behaviour; spawn options override them. */
  readonly options: ProcessOptions
  /** Makes the state from the arguments of spawn; a promise is awaited. */
  init(context: ProcessContext, args: readonly unknown[]): S | Promise<S>
  /** Runs once at the end, unless the process was killed. */
  readonly terminate?:
    | ((state: S, reason: ExitReason, context: ProcessContext) => unknown)
    | undefined
  readonly handleDown?: ((state: S, down: Down, context: ProcessContext) => unknown) | undefined
  readonly handleExit?: ((state: S, exit: Exit, context: ProcessContext) => unknown) | undefined
  readonly handleEvent?:
    | ((state: S, event: EventMessage, context: ProcessContext) => unknown)
    | undefined
  readonly handleEventGap?:
    | ((state: S, gap: EventGap, context: ProcessContext) => unknown)
    | undefined
  readonly handleEventInterest?:
    | ((state: S, interest: EventInterest, context: ProcessContext) => unknown)
    | undefined
  readonly handleLog?:
    | ((state: S, record: LogRecord, context: ProcessContext) => unknown)
    | undefined
  /** Messages that no handler names: Erlang peers, generic tools, pools and routers. */
  readonly handleMessage?:
    | ((state: S, message: Untyped, context: ProcessContext) => unknown)
    | undefined
  /** Requests that no handler names. */
  readonly handleCall?:
    | ((state: S, request: Untyped, context: ProcessContext) => unknown)
    | undefined
  /** Answers an observer with a few values about this process. */
  readonly inspect?:
    | ((state: S, context: ProcessContext) => Readonly<Record<string, unknown>>)
    | undefined
  /** What it remembers of its children, when it keeps some running. */
  readonly upbringing?: ((state: S) => Upbringing) | undefined
}

/** Where a definition keeps its behaviour. */
export const behaviourOf: unique symbol = Symbol.for('troupe.behaviour')

/** What `spawn` takes: the result of `actor()`, a class made with `Actor.of`, a supervisor, … */
export interface Spawnable<P extends AnyProtocol = AnyProtocol, A extends readonly unknown[] = []> {
  readonly [behaviourOf]: Behaviour<never>
  /** For types only: the protocol it speaks. */
  readonly speaks?: P
  /** For types only: a class shows here the `init` whose parameters are the arguments of spawn. */
  readonly prototype?: { init?(...args: A): unknown }
}

/** Anything that can be spawned, whatever its protocol and arguments. */
export interface AnySpawnable {
  readonly [behaviourOf]: Behaviour<never>
}
