/**
 * ports/web/web: HTTP as a process: each request goes to an actor, or to a function of yours.
 *
 * That whoever answers is late, busy, absent or failed becomes 504, 503 or 502. Knows nothing of
 * paths but its own. A port that ends answers what it held with 503, and breaks off what streams.
 * Limits: `bodyBytesMax` (413), `pendingMax` requests under way (503), `timeoutMs` (504).
 *
 * @source ergo-features 12 (web worker), 13 (web handler)
 */
import {
  type Behaviour,
  behaviourOf,
  type ProcessContext,
  type ProcessTracing,
  protocol,
  request,
  type SpanHandle,
  type Spawnable,
  type Timer,
  type TraceHeaders,
} from '#contract'
import { holderOf } from '#ports/holder'
import { byActor } from './by-actor.js'
import { byFetch } from './by-fetch.js'
import { byServe } from './by-serve.js'
import { Exchange, type ExchangeOwner } from './exchange.js'
import { openWeb, type Serve, WebListener } from './listener.js'
import { Pending } from './pending.js'
import { LATE, STARTING, TOO_MANY, type WebRefusal } from './status.js'
import {
  type Answer,
  checkWebPort,
  WEB_DEFAULTS,
  type WebCounters,
  type WebPortOptions,
  type WebPortSpec,
} from './web-options.js'

/** What a web port understands. */
export const Web = protocol('web', { counters: request<void, WebCounters>() })

const NO_HEADERS: TraceHeaders = Object.freeze({})

type Settings = WebPortSpec & Required<Omit<WebPortOptions, 'listener'>>

class State implements ExchangeOwner {
  readonly listener: WebListener
  readonly #context: ProcessContext
  readonly #settings: Settings
  readonly #tracing: ProcessTracing
  readonly #isBorrowed: boolean
  readonly #answer: Answer
  /** An actor is timed by its call; a function by us. */
  readonly #isTimed: boolean
  /** In the order they came, which is the order in which they are due. */
  readonly #pending = new Pending<Exchange>()
  /** By the hundreds of their status. */
  readonly #answered: number[] = [0, 0, 0, 0, 0, 0]
  readonly #counters = {
    aborted: 0,
    pendingRefused: 0,
    bodiesTooLarge: 0,
    unavailable: 0,
    failed: 0,
    late: 0,
  }
  #timer: Timer | undefined
  readonly #serve: Serve = (incoming, response) => {
    const exchange = new Exchange(incoming, response, this)
    if (this.#pending.size >= this.#settings.pendingMax) {
      this.#counters.pendingRefused += 1
      exchange.fail(TOO_MANY)
      exchange.settle()
      return
    }
    this.#pending.add(exchange)
    if (this.#isTimed) this.#time(exchange)
    const { traceparent } = this.#settings
    const headers = traceparent === 'ignore' ? NO_HEADERS : (incoming.headers as TraceHeaders)
    const name = incoming.method ?? 'GET'
    exchange.trace = this.#tracing.incoming(name, headers, traceparent)
    exchange.within(() => this.#answer(exchange))
  }

  constructor(listener: WebListener, context: ProcessContext, spec: WebPortSpec) {
    this.listener = listener
    this.#context = context
    this.#tracing = context.tracing
    this.#settings = { ...WEB_DEFAULTS, ...spec }
    this.#isBorrowed = listener === spec.listener
    this.#isTimed = spec.handler === undefined && Number.isFinite(this.#settings.timeoutMs)
    this.#answer = answerOf(this.#settings, context, listener.isSecure)
    listener.attach(this.#serve, this.#settings.path, holderOf(context))
  }

  counters(): WebCounters {
    const answered: Record<string, number> = {}
    this.#answered.forEach((count, hundreds) => {
      if (count > 0) answered[`${hundreds}xx`] = count
    })
    const pending = this.#pending.size
    return { ...this.listener.counters(), ...this.#counters, pending, answered }
  }

  /** Stops serving, ends what is under way and closes what the port owns. */
  async release(): Promise<void> {
    this.listener.detach(this.#serve, this.#settings.path)
    for (const exchange of this.#pending) {
      if (!exchange.isAnswered) exchange.cutOff(STARTING)
      else if (!exchange.response.writableEnded) exchange.breakOff()
    }
    if (!this.#isBorrowed) await this.listener.close()
  }

  closed({ trace }: Exchange, status: number | undefined): void {
    if (trace !== undefined) endTrace(trace, status)
    if (status === undefined) {
      this.#counters.aborted += 1
      return
    }
    const hundreds = Math.floor(status / 100)
    this.#answered[hundreds] = (this.#answered[hundreds] ?? 0) + 1
  }

  ended(exchange: Exchange): void {
    this.#pending.delete(exchange)
  }

  refused({ status }: WebRefusal): void {
    if (status === 413) this.#counters.bodiesTooLarge += 1
    else if (status === 502) this.#counters.failed += 1
    else if (status === 503) this.#counters.unavailable += 1
    else if (status === 504) this.#counters.late += 1
  }

  #time(exchange: Exchange): void {
    const { timeoutMs } = this.#settings
    exchange.dueMs = this.#context.nowMs() + timeoutMs
    this.#timer ??= this.#context.after(timeoutMs, () => this.#expire())
  }

  /** Ends what is due; one timer for all, for the next one that may be. */
  #expire(): void {
    this.#timer = undefined
    const nowMs = this.#context.nowMs()
    for (const exchange of this.#pending) {
      if (exchange.isAnswered) continue
      if (exchange.dueMs > nowMs) {
        this.#timer = this.#context.after(exchange.dueMs - nowMs, () => this.#expire())
        return
      }
      this.#overdue(exchange)
    }
  }

  #overdue(exchange: Exchange): void {
    if (!exchange.incoming.complete && !exchange.isClosed) {
      // The client is still speaking; for how long it may is for the listener to say.
      this.#pending.delete(exchange)
      this.#pending.add(exchange)
      exchange.dueMs = this.#context.nowMs() + this.#settings.timeoutMs
      return
    }
    exchange.cutOff(LATE)
    exchange.settle()
  }
}

/** A request that nobody was there for any more, or whose answer is a fault of ours, has failed. */
function endTrace(trace: SpanHandle, status: number | undefined): void {
  if (status === undefined) trace.fail('aborted')
  else {
    trace.setAttribute('http.response.status_code', status)
    if (status >= 500) trace.fail(String(status))
    else trace.end()
  }
}

function answerOf(settings: Settings, context: ProcessContext, isSecure: boolean): Answer {
  const { handler, serve, fetch } = settings
  if (handler !== undefined) return byActor(context, handler, settings)
  if (serve !== undefined) return byServe(context, serve, settings)
  return byFetch(context, isSecure, fetch, settings)
}

async function init(context: ProcessContext, args: readonly unknown[]): Promise<State> {
  const spec = args[0] as WebPortSpec
  checkWebPort(spec)
  const { listener: given } = spec
  // Asked before anything is opened: a process killed meanwhile may not ask any more.
  const ended = context.ended(context.self)
  const listener = given instanceof WebListener ? given : await openWeb(given)
  const state = new State(listener, context, spec)
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
 * `handler`: an actor or a pool that speaks `WebHandler`. `serve`: a plain `(request, response)`
 * function. `fetch`: a function from `Request` to `Response`. Ends with PORT_IN_USE or PORT_FAILED
 * when it cannot open what it should own, with OPTION_INVALID for what cannot be.
 *
 * @example
 * await node.spawn(webPort, { args: [{ listener: { port: 9094 }, handler: 'desk' }] })
 */
export const webPort: Spawnable<typeof Web, [options: WebPortSpec]> = Object.freeze({
  [behaviourOf]: behaviour as unknown as Behaviour<never>,
})
