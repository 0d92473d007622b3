/**
 * actor/web-worker: an actor that answers web requests, with one handler for each method.
 *
 * It has one request at a time; a pool of it has as many as there are workers. A request that is
 * wrong is answered with a status; a throw ends the worker, the client gets 502 and the pool starts
 * another. Knows nothing of ports: it speaks `WebHandler`, and may be on another node.
 *
 * @source ergo-features 12 (web worker); RFC 9110, 9 (methods)
 */
import {
  type Answer,
  type ExitReason,
  type ProcessContext,
  type ProcessOptions,
  WebHandler,
  type WebRequest,
  type WebResponse,
} from '#contract'
import { type ActorDefinition, actor } from './actor.js'
import { Actor } from './actor-class.js'

/** The methods that have a handler. */
export const WEB_METHODS = Object.freeze([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
] as const)

/** A method that has a handler, in small letters. */
export type WebMethod = (typeof WEB_METHODS)[number]

/** Answers one request; also later, with `NoReply`. */
export type WebMethodFunction<S> = (
  state: S,
  request: WebRequest,
  context: ProcessContext,
) => Answer<WebResponse>

/** The handlers of a web worker, by method. */
export type WebMethodFunctions<S> = {
  readonly [M in WebMethod]?: WebMethodFunction<S>
}

/** What `webWorker()` takes: handlers by method, and the life of an actor. */
export interface WebWorkerSpec<S, A extends readonly unknown[]> {
  /** Shown in logs and listings; default `web-worker`. */
  readonly name?: string
  /** Makes the state from the arguments of spawn; give each parameter a type. */
  readonly init?: (...args: A) => S | Promise<S>
  /** The second half of init, with the context. */
  readonly started?: (state: S, context: ProcessContext) => unknown
  /** The handlers; a method without one is answered with 501, a HEAD by `get`. */
  readonly on: WebMethodFunctions<S>
  /** Runs once at the end, unless the worker was killed. */
  readonly terminate?: (state: S, reason: ExitReason, context: ProcessContext) => unknown
  /** A few values about this worker, for an observer. */
  readonly inspect?: (state: S, context: ProcessContext) => Readonly<Record<string, unknown>>
  /** Defaults for its processes. */
  readonly options?: ProcessOptions
}

const isWebMethod = (name: string): name is WebMethod =>
  (WEB_METHODS as readonly string[]).includes(name)

/** The handler for a request, by what a worker has; HEAD is GET without the body. */
function methodOf(method: string, has: (name: WebMethod) => boolean): WebMethod | undefined {
  const name = method.toLowerCase()
  // Methods are written in capitals; `get` is another one, which nobody knows.
  if (method !== method.toUpperCase() || !isWebMethod(name)) return undefined
  if (has(name)) return name
  return name === 'head' && has('get') ? 'get' : undefined
}

const NOT_IMPLEMENTED: WebResponse = Object.freeze({
  status: 501,
  headers: Object.freeze({ 'content-type': 'application/json' }),
  body: '{"error":"this method is not implemented"}',
})

/** How much of a method is told: it comes from outside. */
const METHOD_LENGTH_MAX = 20

function refuse(context: ProcessContext, { method, path }: WebRequest): WebResponse {
  const told = { method: method.slice(0, METHOD_LENGTH_MAX), path: path.slice(0, 100) }
  context.log.warning('a web worker does not implement this method', told)
  return NOT_IMPLEMENTED
}

/**
 * Defines a web worker as functions over its state, one for each method it serves.
 *
 * Spawn it, or a pool of it, and give its name to a `webPort`. What it does not serve is answered
 * with 501 and a warning in its log. Throws OPTION_INVALID for options that cannot be. For
 * routes by path, or answers that stream, give the port a `fetch` function instead.
 *
 * @example
 * const desk = webWorker({
 *   init: () => ({ orders: 0 }),
 *   on: {
 *     get: ({ orders }) => ({ status: 200, body: String(orders) }),
 *     post(state) { state.orders += 1; return { status: 201 } },
 *   },
 * })
 * await node.spawn(pool({ worker: desk, size: 4 }), { name: 'desk' })
 * @source ergo-features 12
 */
export function webWorker<S = undefined, A extends readonly unknown[] = []>(
  spec: WebWorkerSpec<S, A>,
): ActorDefinition<typeof WebHandler, A> {
  const { on, name = 'web-worker', ...rest } = spec
  const has = (method: WebMethod): boolean =>
    Object.hasOwn(on, method) && typeof on[method] === 'function'
  const handle = (state: S, request: WebRequest, context: ProcessContext): Answer<WebResponse> => {
    const method = methodOf(request.method, has)
    const answer = method === undefined ? undefined : on[method]
    return answer === undefined ? refuse(context, request) : answer(state, request, context)
  }
  return actor<typeof WebHandler, S, A>(WebHandler, { name, ...rest, on: { handle } })
}

/**
 * A web worker as a class: extend it and write a method for each HTTP method it serves.
 *
 * What it does not serve is answered with 501 and a warning in its log.
 *
 * @example
 * class Desk extends WebWorker {
 *   #orders = 0
 *   override get(): WebResponse { return { status: 200, body: String(this.#orders) } }
 *   override post(): WebResponse { this.#orders += 1; return { status: 201 } }
 * }
 * @source ergo-features 12
 */
export class WebWorker extends Actor.of(WebHandler) {
  get?(request: WebRequest): Answer<WebResponse>
  post?(request: WebRequest): Answer<WebResponse>
  put?(request: WebRequest): Answer<WebResponse>
  patch?(request: WebRequest): Answer<WebResponse>
  delete?(request: WebRequest): Answer<WebResponse>
  head?(request: WebRequest): Answer<WebResponse>
  options?(request: WebRequest): Answer<WebResponse>

  /** Hands a request to the method for it; what `WebHandler` asks for. */
  handle(request: WebRequest): Answer<WebResponse> {
    const method = methodOf(request.method, (name) => typeof this[name] === 'function')
    const answer = method === undefined ? undefined : this[method]
    return answer === undefined ? refuse(this.context, request) : answer.call(this, request)
  }
}
