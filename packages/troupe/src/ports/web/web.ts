/**
 * ports/web/web: HTTP as a process: each request becomes a call to an actor.
 *
 * The actor, or a pool of them, answers with a value; that it is late, busy, absent or failed
 * becomes 504, 503 or 502. Knows nothing of paths. A killed port answers what it held with 503.
 * Limits: `bodyBytesMax` (413), `pendingMax` requests under way (503), `timeoutMs` (504).
 *
 * @source ergo-features 12 (web worker), 13 (web handler)
 */
import {
  type Address,
  type Behaviour,
  behaviourOf,
  type ProcessContext,
  protocol,
  request,
  requireDuration,
  requireOption,
  type Spawnable,
} from '#contract'
import { Exchange } from './exchange.js'
import type { WebListenCounters, WebListenOptions } from './listen-options.js'
import { openWeb, type Serve, WebListener } from './listener.js'
import type { WebRequest, WebResponse } from './message.js'
import { webFailureOf } from './status.js'

/** What an actor speaks that answers web requests. */
export const WebHandler = protocol('web-handler', { handle: request<WebRequest, WebResponse>() })

/** What a web port understands. */
export const Web = protocol('web', { counters: request<void, WebCounters>() })

/** What a web port is spawned with: its one argument. */
export interface WebPortOptions {
  /** A server to open and to own, or one that was opened before and outlives the port. */
  readonly listener: WebListenOptions | WebListener
  /** Who answers: an actor or a pool that speaks `WebHandler`. */
  readonly handler: Address<typeof WebHandler>
  /** Longest wait for the answer, in milliseconds; then 504; default 5,000. */
  readonly timeoutMs?: number
  /** The largest body, in bytes; above it 413; default 1 MiB. */
  readonly bodyBytesMax?: number
  /** Requests under way at once; above it 503; default 1,000. */
  readonly pendingMax?: number
}

/** What the options of a web port leave open. */
export const WEB_DEFAULTS = Object.freeze({
  timeoutMs: 5_000,
  bodyBytesMax: 1_048_576,
  pendingMax: 1_000,
})

/** What the request `counters` of a web port answers; since the listener was opened. */
export interface WebCounters extends WebListenCounters {
  /** Requests under way now. */
  readonly pending: number
  /** Answers sent, by the hundreds of their status: `2xx`. */
  readonly answered: Readonly<Record<string, number>>
  /** Clients that went away before their answer. */
  readonly aborted: number
}

class State {
  readonly listener: WebListener
  readonly #context: ProcessContext
  readonly #options: Required<WebPortOptions>
  readonly #isBorrowed: boolean
  readonly #pending = new Set<Exchange>()
  readonly #answered: Record<string, number> = {}
  #aborted = 0
  readonly #serve: Serve = (incoming, response) => {
    const exchange = new Exchange(incoming, response, {
      bodyBytesMax: this.#options.bodyBytesMax,
      closed: (status) => this.#closed(exchange, status),
    })
    if (this.#pending.size >= this.#options.pendingMax) {
      exchange.fail({ status: 503, reason: 'too many requests are under way' })
      return
    }
    this.#pending.add(exchange)
    void this.#answer(exchange)
  }

  constructor(listener: WebListener, context: ProcessContext, options: WebPortOptions) {
    this.listener = listener
    this.#context = context
    this.#options = { ...WEB_DEFAULTS, ...options }
    this.#isBorrowed = listener === options.listener
    listener.attach(this.#serve)
  }

  counters(): WebCounters {
    const answered = { ...this.#answered }
    const counted = { pending: this.#pending.size, answered, aborted: this.#aborted }
    return { ...this.listener.counters(), ...counted }
  }

  /** Stops serving, answers what is under way with 503 and closes what the port owns. */
  async release(): Promise<void> {
    this.listener.detach(this.#serve)
    for (const exchange of this.#pending) {
      exchange.fail({ status: 503, reason: 'the service is starting again' })
    }
    if (!this.#isBorrowed) await this.listener.close()
  }

  async #answer(exchange: Exchange): Promise<void> {
    try {
      const given = await exchange.read()
      if (given === undefined) return
      const { handler, timeoutMs } = this.#options
      const { signal } = exchange
      exchange.answer(await this.#context.call(handler, 'handle', given, { timeoutMs, signal }))
    } catch (thrown) {
      exchange.fail(webFailureOf(thrown))
    }
  }

  #closed(exchange: Exchange, status: number | undefined): void {
    this.#pending.delete(exchange)
    if (status === undefined) {
      this.#aborted += 1
      return
    }
    const hundreds = `${Math.floor(status / 100)}xx`
    this.#answered[hundreds] = (this.#answered[hundreds] ?? 0) + 1
  }
}

async function init(context: ProcessContext, args: readonly unknown[]): Promise<State> {
  const options = args[0] as WebPortOptions
  requireDuration('timeoutMs', options.timeoutMs)
  for (const name of ['bodyBytesMax', 'pendingMax'] as const) {
    const value = options[name]
    const isCount = value === undefined || (Number.isSafeInteger(value) && value > 0)
    requireOption(isCount, name, value, 'give a whole number above 0')
  }
  const { listener: given } = options
  // Asked before anything is opened: a process killed meanwhile may not ask any more.
  const ended = context.ended(context.self)
  const listener = given instanceof WebListener ? given : await openWeb(given)
  const state = new State(listener, context, options)
  // A killed process has no terminate, yet its clients must not wait for ever.
  void ended.then(() => state.release())
  return state
}

const behaviour: Behaviour<State> = Object.freeze({
  name: 'web',
  kind: 'port' as const,
  protocol: Web,
  messages: new Map(),
  requests: new Map([['counters', (state: State) => state.counters()]]),
  options: Object.freeze({}),
  init,
  terminate: (state: State) => state.release(),
  inspect: (state: State) => ({ addresses: state.listener.addresses, ...state.counters() }),
})

/**
 * HTTP as a process. Its one argument says where to listen and who answers.
 *
 * Ends with PORT_IN_USE or PORT_FAILED when it cannot open what it should own.
 *
 * @example
 * await node.spawn(webPort, { args: [{ listener: { port: 9094 }, handler: 'desk' }] })
 */
export const webPort: Spawnable<typeof Web, [options: WebPortOptions]> = Object.freeze({
  [behaviourOf]: behaviour as unknown as Behaviour<never>,
})
