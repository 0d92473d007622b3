/**
 * actor/actor: an actor as functions over state; turns them into a behaviour.
 *
 * Knows nothing of how a process runs. Everything is checked and indexed once, when the actor is
 * defined, so that a message costs one call. Limit: a message name needs exactly one handler.
 *
 * @source OTP "gen_server"; ergo-features 6
 */
import type {
  Answer,
  AnyProtocol,
  Behaviour,
  Down,
  EventGap,
  EventInterest,
  EventMessage,
  Exit,
  ExitReason,
  Handler,
  LogRecord,
  NameOf,
  PayloadOf,
  ProcessContext,
  ProcessOptions,
  ReplyOf,
  Spawnable,
  Untyped,
} from '#contract'
import {
  behaviourOf,
  checkProcessOptions,
  requireObject,
  requireOption,
  TroupeError,
} from '#contract'

/** Handles one-way messages; what it returns is ignored, a promise is awaited. */
export type MessageFunction<S, D> = (state: S, payload: D, context: ProcessContext) => unknown

/** Handles requests: the answer now, as a promise, or later with `NoReply`. */
export type RequestFunction<S, D, R> = (state: S, payload: D, context: ProcessContext) => Answer<R>

/** One function for each name of a protocol: no name may be missing, none may be added. */
export type HandlerFunctions<P extends AnyProtocol, S> = {
  readonly [K in NameOf<P>]: P['messages'][K] extends { readonly kind: 'request' }
    ? RequestFunction<S, PayloadOf<P, K>, ReplyOf<P, K>>
    : MessageFunction<S, PayloadOf<P, K>>
}

/** What `actor()` takes beside the protocol. */
export interface ActorSpec<P extends AnyProtocol, S, A extends readonly unknown[]> {
  /** Shown in logs and listings; default the name of the protocol. */
  readonly name?: string
  /**
   * Makes the state from the arguments of spawn; without it the state is undefined. Give each
   * parameter a type, also one with a default: TypeScript infers the state from them.
   */
  readonly init?: (...args: A) => S | Promise<S>
  /** The second half of init, with the context: subscribe, start timers, spawn. */
  readonly started?: (state: S, context: ProcessContext) => unknown
  /** The handlers, one for each name of the protocol. */
  readonly on: HandlerFunctions<P, S>
  /** Runs once at the end, unless the process was killed. */
  readonly terminate?: (state: S, reason: ExitReason, context: ProcessContext) => unknown
  /** An exit signal, when the option `trapExit` is set. */
  readonly handleExit?: (state: S, exit: Exit, context: ProcessContext) => unknown
  /** A monitored target has ended. */
  readonly handleDown?: (state: S, down: Down, context: ProcessContext) => unknown
  /** A publication of a subscribed event. */
  readonly handleEvent?: (state: S, event: EventMessage, context: ProcessContext) => unknown
  /** A subscription with `resubscribe` is back after its node was lost. */
  readonly handleEventGap?: (state: S, gap: EventGap, context: ProcessContext) => unknown
  /** The first subscriber of an own event came, or the last one left. */
  readonly handleEventInterest?: (
    state: S,
    interest: EventInterest,
    context: ProcessContext,
  ) => unknown
  /** A log record, when the process is a sink of the log. */
  readonly handleLog?: (state: S, record: LogRecord, context: ProcessContext) => unknown
  /** A message that the protocol does not name. */
  readonly handleMessage?: (state: S, message: Untyped, context: ProcessContext) => unknown
  /** A request that the protocol does not name. */
  readonly handleCall?: (state: S, request: Untyped, context: ProcessContext) => unknown
  /** A few values about this process, for an observer. */
  readonly inspect?: (state: S, context: ProcessContext) => Readonly<Record<string, unknown>>
  /** Defaults for processes of this actor; spawn options override them. */
  readonly options?: ProcessOptions
}

/** What `actor()` gives: spawn it as often as you like. */
export interface ActorDefinition<P extends AnyProtocol, A extends readonly unknown[]>
  extends Spawnable<P, A> {
  readonly protocol: P
}

/**
 * Defines an actor as functions over its state.
 *
 * The state is what `init` returns; handlers change it in place. Times in `options` are
 * milliseconds. Throws HANDLER_MISSING when a name of the protocol has no handler and
 * OPTION_INVALID for a handler that the protocol does not name, or an option that cannot be.
 * When you prefer `this` and private fields, extend `Actor.of(protocol)` instead.
 *
 * @example
 * const counterActor = actor(Counter, {
 *   init: (start: number) => ({ count: start }),
 *   on: {
 *     increment(state, { by }) { state.count += by },
 *     value: (state) => state.count,
 *   },
 * })
 * @source OTP "gen_server"
 */
export function actor<P extends AnyProtocol, S = undefined, A extends readonly unknown[] = []>(
  protocol: P,
  spec: ActorSpec<P, S, A>,
): ActorDefinition<P, A> {
  requireObject('protocol', protocol)
  requireObject('protocol.messages', protocol.messages)
  requireObject('actor', spec)
  const name = spec.name ?? protocol.name
  checkProcessOptions(spec.options ?? {})
  const { messages, requests } = indexHandlers<S>(protocol, spec.on, name)
  const behaviour: Behaviour<S> = Object.freeze({
    name,
    kind: 'actor' as const,
    protocol,
    messages,
    requests,
    options: Object.freeze({ ...spec.options }),
    init: initOf(spec),
    terminate: spec.terminate,
    handleDown: spec.handleDown,
    handleExit: spec.handleExit,
    handleEvent: spec.handleEvent,
    handleEventGap: spec.handleEventGap,
    handleEventInterest: spec.handleEventInterest,
    handleLog: spec.handleLog,
    handleMessage: spec.handleMessage,
    handleCall: spec.handleCall,
    inspect: spec.inspect,
  })
  return Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never>, protocol })
}

/** True for anything that can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}

type Init<S> = (context: ProcessContext, args: readonly unknown[]) => S | Promise<S>

function initOf<P extends AnyProtocol, S, A extends readonly unknown[]>(
  spec: ActorSpec<P, S, A>,
): Init<S> {
  const { init, started } = spec
  const make: (args: readonly unknown[]) => S | Promise<S> =
    init === undefined ? () => undefined as S : (args) => init(...(args as A))
  if (started === undefined) return (_context, args) => make(args)
  const begin = (state: S, context: ProcessContext): S | Promise<S> => {
    const begun = started(state, context)
    return isThenable(begun) ? Promise.resolve(begun).then(() => state) : state
  }
  return (context, args) => {
    const state = make(args)
    return isThenable(state)
      ? Promise.resolve(state).then((made) => begin(made, context))
      : begin(state, context)
  }
}

/** The handlers of a behaviour, by kind. */
export interface HandlerTables<S> {
  readonly messages: ReadonlyMap<string, Handler<S>>
  readonly requests: ReadonlyMap<string, Handler<S>>
}

/** Sorts handlers by what they handle; `find` gives the function for a name or nothing. */
export function tablesOf<S>(
  protocol: AnyProtocol,
  actorName: string,
  find: (name: string) => Handler<S> | undefined,
): HandlerTables<S> {
  const messages = new Map<string, Handler<S>>()
  const requests = new Map<string, Handler<S>>()
  for (const [name, type] of Object.entries(protocol.messages)) {
    const handler = find(name)
    if (handler === undefined) {
      const detail = { actor: actorName, message: name, protocol: protocol.name }
      throw new TroupeError('HANDLER_MISSING', detail)
    }
    const table = type.kind === 'request' ? requests : messages
    table.set(name, handler)
  }
  return { messages, requests }
}

function indexHandlers<S>(protocol: AnyProtocol, on: object, actorName: string): HandlerTables<S> {
  const isObject = typeof on === 'object' && on !== null
  requireOption(isObject, 'on', on, 'give an object with one handler for each name')
  const functions = on as Readonly<Record<string, unknown>>
  for (const name of Object.keys(functions)) {
    const problem = `the protocol ${protocol.name} names no such message; remove it or declare it`
    requireOption(Object.hasOwn(protocol.messages, name), `on.${name}`, 'a handler', problem)
  }
  return tablesOf<S>(protocol, actorName, (name) => {
    const given = Object.hasOwn(functions, name) ? functions[name] : undefined
    return typeof given === 'function' ? (given as Handler<S>) : undefined
  })
}
