/**
 * contract/protocol: the contract between sender and receiver, as a value.
 *
 * It is what a client imports, what TypeScript infers from, and the list of all that can be
 * reached from outside. Knows nothing of how a message is carried or handled.
 */
import { TroupeError } from './errors.js'
import type { StandardSchema } from './schema.js'

declare const payload: unique symbol
declare const reply: unique symbol

/** A one-way message with payload `P`. */
export interface MessageType<P = unknown> {
  readonly kind: 'message'
  /** Checked where the message enters from another node or a port; never between local actors. */
  readonly schema: StandardSchema | undefined
  readonly [payload]?: P
}

/** A question with payload `P`, answered by `R` (which includes declared failures). */
export interface RequestType<P = unknown, R = unknown> {
  readonly kind: 'request'
  readonly schema: StandardSchema | undefined
  readonly [payload]?: P
  readonly [reply]?: R
  /**
   * Declares failures the caller must choose about; they arrive as values, not as rejections.
   *
   * @example withdraw: request<number, number>().fails<'too-little'>()
   */
  fails<E>(): RequestType<P, R | Failure<E>>
  /**
   * Declares the answer, where a schema already declares the question.
   *
   * @example nearest: request(z.object({ lat: z.number() })).answers<readonly string[]>()
   */
  answers<T>(): RequestType<P, T>
}

/** All messages of a protocol by name. */
export type MessageMap = Readonly<Record<string, MessageType | RequestType>>

/** What `protocol()` makes. */
export interface Protocol<M extends MessageMap = MessageMap> {
  readonly kind: 'protocol'
  readonly name: string
  readonly messages: M
}

/** A protocol of which nothing is known: its names are all strings. */
export type AnyProtocol = Protocol

/** An expected failure as a value; see `RequestType.fails`. Made by `failure`. */
export interface Failure<E = unknown> {
  readonly kind: 'failure'
  readonly error: E
}

/**
 * What a handler returns to fail in a way its protocol declares.
 *
 * @example withdraw: (state, amount) => amount > state.sum ? failure('too-little') : …
 */
export function failure<E>(error: E): Failure<E> {
  return Object.freeze({ kind: 'failure' as const, error })
}

/**
 * Tells a declared failure from an answer.
 *
 * @example if (isFailure(left)) console.log(left.error)
 */
export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure'
}

/**
 * What a request handler returns when the answer comes later; see `context.replyLater()`. Without
 * a replier nobody can answer, and the caller waits for its time limit.
 *
 * @source OTP gen_server, `{noreply, State}`
 */
export const NoReply: unique symbol = Symbol('troupe.NoReply')
/** The type of `NoReply`. */
export type NoReply = typeof NoReply

/**
 * Declares a one-way message; give a schema to check it where it enters the node: when a port, or
 * another node, sends it. Between local actors nothing is checked.
 *
 * @example restock: message<{ item: string; count: number }>()
 */
// The overload without type parameters comes first: inside `protocol()` a default would lose
// against what TypeScript infers from the place, and every void payload would be unknown.
export function message(): MessageType<void>
/** Declares a one-way message with a payload of type `P`. */
export function message<P>(): MessageType<P>
/** Declares a one-way message whose payload has the type of the schema; refuses the rest. */
export function message<S extends StandardSchema>(schema: S): MessageType<StandardSchema.Output<S>>
export function message(schema?: StandardSchema): MessageType {
  return Object.freeze({ kind: 'message' as const, schema })
}

/**
 * Declares a question and its answer; give a schema to check the question where it enters.
 *
 * @example left: request<string, number>()
 */
export function request(): RequestType<void, void>
/** Declares a question with a payload of type `P`, answered by `R`. */
export function request<P, R = void>(): RequestType<P, R>
/** Declares a question with the type of the schema; `.answers<R>()` declares the answer. */
export function request<S extends StandardSchema>(
  schema: S,
): RequestType<StandardSchema.Output<S>, void>
export function request(schema?: StandardSchema): RequestType {
  const type: RequestType = Object.freeze({
    kind: 'request' as const,
    schema,
    fails: <E>() => type as RequestType<unknown, unknown | Failure<E>>,
    answers: <T>() => type as RequestType<unknown, T>,
  })
  return type
}

/**
 * Makes a protocol: a name and its messages.
 *
 * Throws PROTOCOL_INVALID for an empty name, a message named like a property of every object
 * (`__proto__`, `constructor`), a value that is neither `message()` nor `request()`, or a schema
 * that answers asynchronously.
 *
 * @example
 * const Counter = protocol('counter', {
 *   increment: message<{ by: number }>(),
 *   value: request<void, number>(),
 * })
 */
export function protocol<const M extends MessageMap>(name: string, messages: M): Protocol<M> {
  const refuse = (problem: string): never => {
    throw new TroupeError('PROTOCOL_INVALID', { protocol: name, problem })
  }
  if (typeof name !== 'string' || name === '') refuse('its name is empty')
  if (typeof messages !== 'object' || messages === null) refuse('its messages are no object')
  const own: Record<string, MessageType | RequestType> = Object.create(null)
  for (const [key, type] of Object.entries(messages)) {
    if (key in Object.prototype) refuse(`${key} is a property of every object; rename it`)
    if (type?.kind !== 'message' && type?.kind !== 'request') {
      refuse(`${key} is neither message() nor request()`)
    }
    if (type.schema !== undefined && isAsync(type.schema)) {
      refuse(`the schema of ${key} is asynchronous; messages are checked at once`)
    }
    own[key] = type
  }
  return Object.freeze({ kind: 'protocol' as const, name, messages: Object.freeze(own) as M })
}

/** Asks a schema about a value it will refuse, to see whether it answers at once. */
function isAsync(schema: StandardSchema): boolean {
  try {
    const result = schema['~standard'].validate(undefined)
    if (!(result instanceof Promise)) return false
    result.catch(() => {})
    return true
  } catch {
    // A schema that throws for this value answers at once.
    return false
  }
}

/** The names of all messages and requests of a protocol. */
export type NameOf<P extends AnyProtocol> = keyof P['messages'] & string

/** True for a protocol of which nothing is known: its names are all strings. */
type Unknown<P extends AnyProtocol> = string extends NameOf<P> ? true : false

type NamesOfKind<P extends AnyProtocol, Kind extends string> =
  Unknown<P> extends true
    ? string
    : {
        [K in NameOf<P>]: P['messages'][K] extends { readonly kind: Kind } ? K : never
      }[NameOf<P>]

/** The names of the requests of a protocol: what can be called. */
export type RequestNameOf<P extends AnyProtocol> = NamesOfKind<P, 'request'>

/** The names of the one-way messages of a protocol: what can be sent. */
export type MessageNameOf<P extends AnyProtocol> = NamesOfKind<P, 'message'>

/** The payload of one message; `unknown` when the protocol is not known. */
export type PayloadOf<P extends AnyProtocol, K extends string> =
  Unknown<P> extends true
    ? unknown
    : P['messages'][K] extends MessageType<infer D>
      ? D
      : P['messages'][K] extends RequestType<infer D, infer _R>
        ? D
        : never

/** The answer to one request, declared failures included; `unknown` without a protocol. */
export type ReplyOf<P extends AnyProtocol, K extends string> =
  Unknown<P> extends true
    ? unknown
    : P['messages'][K] extends RequestType<infer _D, infer R>
      ? R
      : never

/** A payload as arguments: none for `void`, one otherwise; then `Rest`. */
export type Given<D, Rest extends readonly unknown[]> = unknown extends D
  ? [payload?: unknown, ...rest: Rest]
  : [D] extends [void]
    ? [payload?: undefined, ...rest: Rest]
    : [payload: D, ...rest: Rest]

/** What a handler may answer: the reply, now or as a promise, or `NoReply`. */
export type Answer<R> = R | NoReply | Promise<R | NoReply>

/**
 * The methods a class needs to speak a protocol.
 *
 * @example class CounterActor extends Actor.of(Counter) implements Handlers<typeof Counter> {}
 */
export type Handlers<P extends AnyProtocol> = {
  [K in NameOf<P>]: P['messages'][K] extends { readonly kind: 'request' }
    ? (payload: PayloadOf<P, K>) => Answer<ReplyOf<P, K>>
    : (payload: PayloadOf<P, K>) => void | Promise<void>
}
