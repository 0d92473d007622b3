/**
 * ports/sse/client-options: which stream to read, and how patiently.
 *
 * Pure. Each limit has a name and a default.
 */
import { type Address, requireDuration, requireObject, requireOption } from '#contract'
import { type ClientTls, checkClientTls } from '#ports/tls/client-tls'
import { requireTraceFlag } from '#ports/trace-headers'
import type { SseClientReader } from './client-message.js'
import { isHeader, requireHeaders } from './header.js'

/** What an SSE client is spawned with: its one argument. Times are milliseconds above 0. */
export interface SseClientOptions {
  /** `http:` or `https:`; redirections are not followed. */
  readonly url: string
  /** Who reads; mostly a name. Default whoever spawned the client. */
  readonly reader?: Address<typeof SseClientReader>
  /** TLS, for https; default the authorities that come with Node.js. */
  readonly tls?: ClientTls
  /** Further headers of the request, such as `authorization`; default none. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Tell the server of the trace in which this is spawned, by `traceparent` and `tracestate`;
   * default false. What `headers` say comes before.
   */
  readonly traceparent?: boolean
  /** What to come with the first time; default nothing. */
  readonly lastEventId?: string
  /**
   * Come again by itself after so long, or after what the stream says with `retry`; doubled with
   * each failure in a row. Default never: the client ends, and its supervisor starts it again.
   */
  readonly reconnectMs?: number
  /** Longest time between two tries, whatever the stream says; default 60,000. */
  readonly reconnectMsMax?: number
  /** Until the head of the answer is there; default 15,000. */
  readonly connectTimeoutMs?: number
  /** Longest time in which nothing comes, not even a comment; default 300,000. */
  readonly idleTimeoutMs?: number
  /** The longest line, in bytes; a longer one ends the client; default 1 MiB. */
  readonly lineBytesMax?: number
  /** The data of one event, in bytes; more ends the client; default 4 MiB. */
  readonly eventBytesMax?: number
  /** Longest time without a reader, while one is restarted; default 5,000. */
  readonly readerTimeoutMs?: number
}

/** What the options of an SSE client leave open. */
export const SSE_CLIENT_DEFAULTS: {
  readonly [K in
    | 'lastEventId'
    | 'traceparent'
    | 'reconnectMsMax'
    | 'connectTimeoutMs'
    | 'idleTimeoutMs'
    | 'lineBytesMax'
    | 'eventBytesMax'
    | 'readerTimeoutMs']: NonNullable<SseClientOptions[K]>
} = Object.freeze({
  lastEventId: '',
  traceparent: false,
  reconnectMsMax: 60_000,
  connectTimeoutMs: 15_000,
  idleTimeoutMs: 300_000,
  lineBytesMax: 1_048_576,
  eventBytesMax: 4_194_304,
  readerTimeoutMs: 5_000,
})

/** Options that were checked. */
export type CompleteSseClient = SseClientOptions &
  typeof SSE_CLIENT_DEFAULTS & { readonly target: URL }

/** The options with their defaults. Throws OPTION_INVALID naming the option that cannot be. */
export function completeSseClient(given: SseClientOptions): CompleteSseClient {
  requireObject('options', given)
  const target = urlOf(given.url)
  const isWeb = target?.protocol === 'http:' || target?.protocol === 'https:'
  requireOption(isWeb, 'url', given.url, 'give a URL with http: or https:')
  const { headers, lastEventId, tls } = given
  requireHeaders(headers)
  const isId = lastEventId === undefined || isHeaderId(lastEventId)
  requireOption(isId, 'lastEventId', lastEventId, 'give one line of text')
  if (tls !== undefined) checkClientTls(tls)
  requireTraceFlag(given)
  for (const name of ['lineBytesMax', 'eventBytesMax'] as const) {
    const value = given[name]
    const isBytes = value === undefined || (Number.isSafeInteger(value) && value > 0)
    requireOption(isBytes, name, value, 'give a whole number of bytes above 0')
  }
  for (const name of TIMES) requireDuration(name, given[name])
  return Object.freeze({ ...SSE_CLIENT_DEFAULTS, ...given, target: target as URL })
}

const TIMES = [
  'reconnectMs',
  'reconnectMsMax',
  'connectTimeoutMs',
  'idleTimeoutMs',
  'readerTimeoutMs',
] as const

function urlOf(given: unknown): URL | undefined {
  try {
    return new URL(String(given))
  } catch {
    // Told as an option that cannot be.
    return undefined
  }
}

const ID = 'last-event-id'

/** An id as a header: sent as UTF-8, in which Node.js takes each byte for a character. */
const headerIdOf = (id: string): string => Buffer.from(id, 'utf8').toString('latin1')

const isHeaderId = (id: unknown): boolean => typeof id === 'string' && isHeader(ID, headerIdOf(id))

/** The headers of a request. An id that HTTP cannot send is left out. */
export function headersFor(
  { headers = {} }: CompleteSseClient,
  lastEventId: string,
): Record<string, string> {
  const hasId = lastEventId !== '' && isHeaderId(lastEventId)
  return {
    'cache-control': 'no-store',
    ...headers,
    accept: 'text/event-stream',
    ...(hasId ? { [ID]: headerIdOf(lastEventId) } : {}),
  }
}

/** How long to wait before the next try; `random` in [0, 1) keeps many from coming at once. */
export function reconnectDelayMs(
  { reconnectMs, reconnectMsMax }: CompleteSseClient,
  told: {
    readonly retryMs: number | undefined
    readonly failures: number
    readonly random: number
  },
): number | undefined {
  if (reconnectMs === undefined) return undefined
  const { retryMs = reconnectMs, failures, random } = told
  const doubled = Math.max(1, retryMs) * 2 ** Math.min(failures, 30)
  const spread = failures === 0 ? 1 : 1 + random / 4
  return Math.min(Math.ceil(doubled * spread), reconnectMsMax)
}
