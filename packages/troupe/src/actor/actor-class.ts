/**
 * actor/actor-class: an actor as a class: its methods are the handlers, its fields the state.
 *
 * The base class carries the protocol only as a type; handlers are looked up on the prototype
 * once per class, at its first spawn. Limit: handlers are methods, not arrow functions in fields.
 *
 * @source OTP "gen_server"; ergo-features 6
 */
import type {
  AnyProtocol,
  Behaviour,
  Down,
  EventGap,
  EventInterest,
  EventMessage,
  Exit,
  ExitReason,
  LogRecord,
  NameOf,
  ProcessContext,
  ProcessOptions,
  Untyped,
} from '#contract'
import { behaviourOf, checkProcessOptions, TroupeError } from '#contract'
import { isThenable, tablesOf } from './actor.js'
import { ActorBase, RESERVED_WORDS } from './actor-base.js'

/** The methods a class may add beside its handlers; all are optional. */
export interface Lifecycle {
  /** Runs before the first message; its parameters are the arguments of spawn. */
  init?(...args: never[]): unknown
  /** Runs once at the end, unless the process was killed. */
  terminate?(reason: ExitReason): unknown
  /** An exit signal, when the option `trapExit` is set. */
  handleExit?(exit: Exit): unknown
  /** A monitored target has ended. */
  handleDown?(down: Down): unknown
  /** A publication of a subscribed event. */
  handleEvent?(event: EventMessage): unknown
  /** The first subscriber of an own event came, or the last one left. */
  handleEventGap?(gap: EventGap): unknown
  handleEventInterest?(interest: EventInterest): unknown
  /** A log record, when the process is a sink of the log. */
  handleLog?(record: LogRecord): unknown
  /** A message that the protocol does not name. */
  handleMessage?(message: Untyped): unknown
  /** A request that the protocol does not name. */
  handleCall?(request: Untyped): unknown
  /** A few values about this process, for an observer. */
  inspect?(): Readonly<Record<string, unknown>>
}

/** What an instance of an actor class has: its context, and every verb of it as a method. */
export interface ActorInstance extends ProcessContext, Lifecycle {
  readonly context: ProcessContext
}

/** What `Actor.of` gives: extend it. */
export interface ActorClass<P extends AnyProtocol> {
  new (): ActorInstance
  readonly [behaviourOf]: Behaviour<never>
  /** For types only: the protocol it speaks. */
  readonly speaks?: P
}

/** A word that a protocol of a class may not use as a message name. */
export type ReservedWord = keyof ActorInstance & string

/** Refuses, in words, a protocol that names a message like a method of the base class. */
type Unreserved<P extends AnyProtocol> = [NameOf<P> & ReservedWord] extends [never]
  ? unknown
  : string extends NameOf<P>
    ? unknown
    : `the message ${NameOf<P> & ReservedWord} is a method of Actor; rename it or use actor()`

/**
 * An actor as a class.
 *
 * `Actor.of(protocol, options?)` gives a base class. Methods named like the messages of the
 * protocol are its handlers; `implements Handlers<typeof Counter>` lets the compiler check them.
 * Spawning it fails with HANDLER_MISSING when one is absent, and with HANDLER_RESERVED when the
 * protocol names a message like a lifecycle method or a method of the base (`send`, `init`, …).
 * OPTION_INVALID for an option that cannot be; times are milliseconds.
 *
 * @example
 * class CounterActor extends Actor.of(Counter) implements Handlers<typeof Counter> {
 *   #count = 0
 *   increment({ by }: { by: number }) { this.#count += by }
 *   value() { return this.#count }
 * }
 * @source OTP "gen_server"
 */
export const Actor = Object.freeze({
  of<P extends AnyProtocol>(protocol: P & Unreserved<P>, options?: ProcessOptions): ActorClass<P> {
    return baseClassOf(protocol, options)
  },
})

/** An instance of an actor class, whatever its protocol. */
export type Actor = ActorInstance

/** The behaviour of a class, with the class it belongs to. */
interface Made {
  readonly owner: unknown
  readonly behaviour: Behaviour<object>
}

const made: unique symbol = Symbol('troupe.made')
type ClassOfActor = (new () => object) & { [made]?: Made }

function baseClassOf<P extends AnyProtocol>(
  protocol: P,
  options: ProcessOptions = {},
): ActorClass<P> {
  checkProcessOptions(options)
  class ProtocolActor extends ActorBase {}
  Object.defineProperty(ProtocolActor, behaviourOf, {
    get(this: ClassOfActor): Behaviour<object> {
      const known = this[made]
      // A subclass inherits what its parent made, which is not its own.
      if (known?.owner === this) return known.behaviour
      const behaviour = behaviourOfClass(this, protocol, options)
      this[made] = { owner: this, behaviour }
      return behaviour
    },
  })
  return ProtocolActor as unknown as ActorClass<P>
}

type Methods = Readonly<Record<string, ((...given: readonly unknown[]) => unknown) | undefined>>

function behaviourOfClass(
  ActorConstructor: ClassOfActor,
  protocol: AnyProtocol,
  options: ProcessOptions,
): Behaviour<object> {
  const methods = ActorConstructor.prototype as Methods
  const { messages, requests } = tablesOf<object>(protocol, ActorConstructor.name, (name) => {
    if (RESERVED_WORDS.has(name)) {
      throw new TroupeError('HANDLER_RESERVED', { protocol: protocol.name, message: name })
    }
    return handlerOf(methods[name])
  })
  return Object.freeze({
    name: ActorConstructor.name,
    kind: 'actor' as const,
    protocol,
    messages,
    requests,
    options: Object.freeze({ ...options }),
    init: initOfClass(ActorConstructor, methods['init']),
    terminate: handlerOf<ExitReason>(methods['terminate']),
    handleDown: handlerOf<Down>(methods['handleDown']),
    handleExit: handlerOf<Exit>(methods['handleExit']),
    handleEvent: handlerOf<EventMessage>(methods['handleEvent']),
    handleEventGap: handlerOf<EventGap>(methods['handleEventGap']),
    handleEventInterest: handlerOf<EventInterest>(methods['handleEventInterest']),
    handleLog: handlerOf<LogRecord>(methods['handleLog']),
    handleMessage: handlerOf<Untyped>(methods['handleMessage']),
    handleCall: handlerOf<Untyped>(methods['handleCall']),
    inspect: inspectOf(methods['inspect']),
  })
}

/** One function per method and class: a message then costs no lookup and allocates nothing. */
function handlerOf<D>(method: unknown): ((state: object, given: D) => unknown) | undefined {
  if (typeof method !== 'function') return undefined
  return (state, given) => method.call(state, given)
}

function inspectOf(method: unknown): Behaviour<object>['inspect'] {
  if (typeof method !== 'function') return undefined
  return (state) => method.call(state) as Readonly<Record<string, unknown>>
}

function initOfClass(ActorConstructor: ClassOfActor, init: unknown): Behaviour<object>['init'] {
  const make = (context: ProcessContext): object => ActorBase.with(context, ActorConstructor)
  if (typeof init !== 'function') return make
  return (context, args) => {
    const state = make(context)
    const begun: unknown = init.apply(state, args)
    return isThenable(begun) ? Promise.resolve(begun).then(() => state) : state
  }
}
