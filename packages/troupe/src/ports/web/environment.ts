/**
 * ports/web/environment: how a function that answers web requests reaches actors.
 *
 * Its calls end with the request: when the client goes away, and when there is no time left for
 * an answer. Afterwards, in an answer that has begun, they have their own time limit alone.
 */
import type { IncomingMessage } from 'node:http'
import {
  type Address,
  type CallOptions,
  formatTarget,
  PROCESS_DEFAULTS,
  type ProcessContext,
  type Sender,
  type SendOptions,
  TroupeError,
} from '#contract'
import type { Exchange } from './exchange.js'

/**
 * What a function has beside its request: the verbs of the port, with the deadline of the request.
 *
 * @example const { status } = await env.call('desk', 'order', { id: 7 })
 */
export interface WebEnv extends Pick<Sender, 'call' | 'send' | 'sendWhenRoom'> {
  /** Aborts when the client goes away before the end of its answer, and when it is too late. */
  readonly signal: AbortSignal
  /** Milliseconds left until the answer has to begin; undefined when it has, or need not. */
  readonly deadlineMs: number | undefined
  readonly remoteAddress: string
  /** Node's request: for what this does not tell, such as a certificate of the client. */
  readonly incoming: IncomingMessage
}

type AnyCall = (...given: readonly unknown[]) => Promise<unknown>

class Environment {
  readonly #context: ProcessContext
  readonly #exchange: Exchange

  constructor(context: ProcessContext, exchange: Exchange) {
    this.#context = context
    this.#exchange = exchange
  }

  get signal(): AbortSignal {
    return this.#exchange.signal
  }

  get deadlineMs(): number | undefined {
    const { isAnswered, dueMs } = this.#exchange
    if (isAnswered || dueMs === Number.POSITIVE_INFINITY) return undefined
    return Math.max(0, dueMs - this.#context.nowMs())
  }

  get remoteAddress(): string {
    return this.#exchange.incoming.socket.remoteAddress ?? ''
  }

  get incoming(): IncomingMessage {
    return this.#exchange.incoming
  }

  async call(
    to: Address,
    request: string,
    payload?: unknown,
    options: CallOptions = {},
  ): Promise<unknown> {
    const given = options.timeoutMs ?? PROCESS_DEFAULTS.callTimeoutMs
    const leftMs = this.deadlineMs ?? given
    if (leftMs === 0) {
      const detail = { to: formatTarget(to), request, timeoutMs: 0 }
      throw new TroupeError('CALL_TIMEOUT', detail)
    }
    const timeoutMs = Math.min(given, leftMs)
    const signal = options.signal ?? this.signal
    const call = this.#context.call as AnyCall
    const bounded = { ...options, timeoutMs, signal }
    return this.#exchange.within(() => call.call(this.#context, to, request, payload, bounded))
  }

  send(to: Address, message: string, payload?: unknown, options?: SendOptions): unknown {
    return this.#exchange.within(() => this.#context.send(to, message, payload, options))
  }

  sendWhenRoom(to: Address, message: string, payload?: unknown, options?: SendOptions): unknown {
    return this.#exchange.within(() => this.#context.sendWhenRoom(to, message, payload, options))
  }
}

const environment: unique symbol = Symbol('troupe.web.environment')
type Marked = IncomingMessage & { [environment]?: WebEnv }

/** Makes the environment of an exchange and leaves it with its request. */
export function environmentOf(context: ProcessContext, exchange: Exchange): WebEnv {
  const env = new Environment(context, exchange) as unknown as WebEnv
  ;(exchange.incoming as Marked)[environment] = env
  return env
}

/**
 * The way from a plain handler `(request, response)` to actors: give it Node's request, which
 * frameworks call `req` or `request.raw`. NOT_ALLOWED for a request that no web port serves.
 *
 * @example app.get('/stock', async (request) => webEnv(request.raw).call('desk', 'stock'))
 */
export function webEnv(request: IncomingMessage): WebEnv {
  const env = (request as Marked)[environment]
  if (env !== undefined) return env
  const problem = 'this request is not served by a web port with `serve` or `fetch`'
  throw new TroupeError('NOT_ALLOWED', { operation: 'webEnv', problem })
}
