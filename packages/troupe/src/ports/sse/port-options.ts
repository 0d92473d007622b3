/**
 * ports/sse/port-options: where an SSE port answers, its limits and what it counts.
 *
 * Pure. Each limit has a name, a default and a counter.
 */
import { type Address, requireDuration, requireObject, requireOption } from '#contract'
import type { Unopened } from '#ports/listen'
import type { WebListenOptions } from '#ports/web/listen-options'
import type { WebListener } from '#ports/web/listener'
import { requireHeaders } from './header.js'
import type { SseEnd, SseReader } from './message.js'

/** What an SSE port is spawned with: its one argument. Times are milliseconds above 0. */
export interface SsePortOptions {
  /** A server to open and to own, or one that was opened before and is shared with others. */
  readonly listener: Unopened<WebListenOptions> | WebListener
  /** Where on the listener, with all paths below it; default `/`. */
  readonly path?: string
  /** Who is told of the clients; mostly a name. Default whoever spawned the port. */
  readonly reader?: Address<typeof SseReader>
  /** Several readers instead of one: each client gets the next that is there, and keeps it. */
  readonly readers?: readonly Address<typeof SseReader>[]
  /** Clients at once; one more gets 503; default 1,000. */
  readonly connectionsMax?: number
  /** A comment is sent after so long a silence; default 30,000; Infinity for none. */
  readonly heartbeatMs?: number
  /**
   * Bytes that may wait for one client; beyond it the client is too slow and is closed; default
   * 1 MiB. One event alone may be larger when nothing else waits.
   */
  readonly writeQueueBytesMax?: number
  /** Longest time in which a client takes nothing of what waits; then closed; default 20,000. */
  readonly writeTimeoutMs?: number
  /**
   * Longest time until a reader has room for a new client, and without a reader while one is
   * restarted; then the client gets 503; default 5,000.
   */
  readonly readerTimeoutMs?: number
  /** How long what waits may still be sent when a connection ends; default 1,000. */
  readonly closeTimeoutMs?: number
  /** Told to each client first: how long it waits before it comes again; default nothing. */
  readonly retryMs?: number
  /** Further headers of the answer, such as `access-control-allow-origin`; default none. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What the options of an SSE port leave open. */
export const SSE_DEFAULTS: Required<
  Omit<SsePortOptions, 'listener' | 'reader' | 'readers' | 'retryMs' | 'headers'>
> = Object.freeze({
  path: '/',
  connectionsMax: 1_000,
  heartbeatMs: 30_000,
  writeQueueBytesMax: 1_048_576,
  writeTimeoutMs: 20_000,
  readerTimeoutMs: 5_000,
  closeTimeoutMs: 1_000,
})

/** Options that were checked, with nothing left open that has a default. */
export type CompleteSse = SsePortOptions & typeof SSE_DEFAULTS

/** Counted since the port began, over all its connections. */
export interface SseCounters {
  /** Requests that came to this path. */
  readonly requests: number
  /** Clients that are connected now. */
  readonly connected: number
  /** Refused with 405: something other than GET. */
  readonly methodRefused: number
  /** Refused with 503: `connectionsMax`. */
  readonly connectionsRefused: number
  /** Connections that have ended, by the word for why. */
  readonly ended: Readonly<Partial<Record<SseEnd, number>>>
  /** Events accepted from those who push. */
  readonly events: number
  readonly heartbeats: number
  readonly sentBytes: number
  /** Of connections that have ended: accepted, but never taken by the kernel. */
  readonly unsentBytes: number
  /** Events refused before they were queued. */
  readonly refused: number
}

/** The options with their defaults. Throws OPTION_INVALID naming the option that cannot be. */
export function completeSse(given: SsePortOptions): CompleteSse {
  requireObject('options', given)
  requireObject('listener', given.listener)
  const { headers, retryMs } = given
  requireHeaders(headers)
  const isRetry = retryMs === undefined || (Number.isSafeInteger(retryMs) && retryMs >= 0)
  requireOption(isRetry, 'retryMs', retryMs, 'give whole milliseconds, 0 or more')
  for (const name of ['connectionsMax', 'writeQueueBytesMax'] as const) {
    const value = given[name]
    const isCount = value === undefined || (Number.isSafeInteger(value) && value > 0)
    requireOption(isCount, name, value, 'give a whole number above 0')
  }
  for (const name of TIMES) requireDuration(name, given[name])
  return Object.freeze({ ...SSE_DEFAULTS, ...given })
}

const TIMES = ['heartbeatMs', 'writeTimeoutMs', 'readerTimeoutMs', 'closeTimeoutMs'] as const
