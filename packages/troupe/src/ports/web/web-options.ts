/**
 * ports/web/web-options: what a web port is spawned with, its defaults and what it counts.
 */
import {
  type Address,
  requireDuration,
  requireObject,
  requireOption,
  requireTraceparent,
  type TraceparentOption,
  type WebHandler,
} from '#contract'
import type { Unopened } from '#ports/listen'
import type { FetchFunction } from './by-fetch.js'
import type { ServeFunction } from './by-serve.js'
import type { Exchange } from './exchange.js'
import { requireCount, type WebListenCounters, type WebListenOptions } from './listen-options.js'
import type { WebListener } from './listener.js'
import type { WebRefusal } from './status.js'

/** Where a web port listens, and its limits. */
export interface WebPortOptions {
  /** A server to open and to own, or one that was opened before and outlives the port. */
  readonly listener: Unopened<WebListenOptions> | WebListener
  /** It serves this path and all below it; default `/`. */
  readonly path?: string
  /** Longest wait until the answer begins, in milliseconds; then 504; default 5,000. */
  readonly timeoutMs?: number
  /** The largest body, in bytes; above it 413; default 1 MiB. */
  readonly bodyBytesMax?: number
  /**
   * What becomes of the `traceparent` of a request: `ignore`, `accept` its ids, or `trust` it to
   * say what is traced as well; default `ignore`.
   */
  readonly traceparent?: TraceparentOption
  /** Requests under way at once, those included that nobody waits for; then 503; default 1,000. */
  readonly pendingMax?: number
}

/** Who answers: exactly one of an actor (or a pool of them) and two kinds of functions. */
export type WebAnswering =
  | {
      /** An actor or a pool that speaks `WebHandler`. */
      readonly handler: Address<typeof WebHandler>
      readonly serve?: never
      readonly fetch?: never
    }
  | {
      /** A plain function `(request, response)`, such as `app` of Express. */
      readonly serve: ServeFunction
      readonly handler?: never
      readonly fetch?: never
    }
  | {
      /** A function from a `Request` to a `Response`, such as `app.fetch` of Hono. */
      readonly fetch: FetchFunction
      readonly handler?: never
      readonly serve?: never
    }

/** What a web port is spawned with: its one argument. */
export type WebPortSpec = WebPortOptions & WebAnswering

/** What the options of a web port leave open. */
export const WEB_DEFAULTS = Object.freeze({
  path: '/',
  timeoutMs: 5_000,
  bodyBytesMax: 1_048_576,
  pendingMax: 1_000,
  traceparent: 'ignore' as TraceparentOption,
})

/** The limits of one answer. */
export interface WebAnswerLimits {
  readonly timeoutMs: number
  readonly bodyBytesMax: number
}

/** Answers one exchange, and settles it when nobody works on it any more. Never throws. */
export type Answer = (exchange: Exchange) => void

/** What the request `counters` of a web port answers; first what its listener counted. */
export interface WebCounters extends WebListenCounters {
  /** Requests under way now. */
  readonly pending: number
  /** Answers sent, by the hundreds of their status: `2xx`. */
  readonly answered: Readonly<Record<string, number>>
  /** Clients that went away before the end of their answer. */
  readonly aborted: number
  /** Answered with 503 because of `pendingMax`. */
  readonly pendingRefused: number
  /** Answered with 413 because of `bodyBytesMax`. */
  readonly bodiesTooLarge: number
  /** Answered with 503: nobody was there to answer, or all were busy. */
  readonly unavailable: number
  /** Answered with 502: whoever was to answer failed, or answered nonsense. */
  readonly failed: number
  /** Answered with 504 because of `timeoutMs`. */
  readonly late: number
}

export function tooLarge(bodyBytesMax: number): WebRefusal {
  return { status: 413, reason: `a body has at most ${bodyBytesMax} bytes` }
}

/** Throws OPTION_INVALID naming the option that cannot be. */
export function checkWebPort(options: WebPortSpec): void {
  requireObject('options', options)
  requireObject('listener', options.listener)
  requireDuration('timeoutMs', options.timeoutMs)
  requireTraceparent(options.traceparent)
  for (const name of ['bodyBytesMax', 'pendingMax'] as const) requireCount(name, options[name])
  const { handler, serve, fetch } = options
  const given = Object.entries({ handler, serve, fetch }).filter(([, one]) => one !== undefined)
  const names = given.map(([name]) => name).join(' and ')
  const problem = 'give exactly one of handler, serve and fetch'
  requireOption(given.length === 1, 'handler', names || undefined, problem)
  for (const name of ['serve', 'fetch'] as const) {
    const isFunction = options[name] === undefined || typeof options[name] === 'function'
    requireOption(isFunction, name, options[name], 'give a function')
  }
}
