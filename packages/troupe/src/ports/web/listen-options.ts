/**
 * ports/web/listen-options: where a web listener opens, its limits and what it counts.
 *
 * Pure. Each limit has a name, a default and a counter.
 */
import { requireDuration, requireOption } from '#contract'
import type { ListenOptions } from '#ports/listen'
import { type ServerTls, serverTlsOptions } from '#ports/tls/server-tls'

/** Where a web listener opens, and its limits. */
export interface WebListenOptions extends ListenOptions {
  /** Makes it HTTPS, with mutual TLS when it says so; default plain HTTP. */
  readonly tls?: ServerTls
  /** Longest TLS handshake, in milliseconds; then closed; default 10,000. */
  readonly handshakeTimeoutMs?: number
  /** Request line and headers together, in bytes; above it 431; default 16,384. */
  readonly headersBytesMax?: number
  /** Headers of one request; above it 431; default 100. */
  readonly headersMax?: number
  /** Open connections for each address; one more is closed at once; default 1,000. */
  readonly connectionsMax?: number
  /** Longest time until the headers are complete, in milliseconds; then 408; default 10,000. */
  readonly headersTimeoutMs?: number
  /** Longest time until a request is complete, in milliseconds; then 408; default 20,000. */
  readonly requestTimeoutMs?: number
  /** Longest time without a further request, in milliseconds; then closed; default 10,000. */
  readonly idleTimeoutMs?: number
  /**
   * Longest time in which a client takes nothing of an answer that waits for it, in milliseconds;
   * then closed; default 20,000.
   */
  readonly stallTimeoutMs?: number
  /**
   * Longest time in which a client may still send after the last answer of its connection, in
   * milliseconds; it is read and let go, so that the answer arrives; then closed; default 2,000.
   */
  readonly lingerTimeoutMs?: number
  /** Bytes it may still send then; one more and it is closed; default 16 MiB. */
  readonly lingerBytesMax?: number
  /** Time for running requests when the listener closes, in milliseconds; default 1,000. */
  readonly closeTimeoutMs?: number
}

/** The limits of a listener, none left open. */
export type WebLimits = Required<Omit<WebListenOptions, keyof ListenOptions | 'tls'>>

/** What the options of a web listener leave open. */
export const WEB_LISTEN_DEFAULTS: WebLimits = Object.freeze({
  handshakeTimeoutMs: 10_000,
  headersBytesMax: 16_384,
  headersMax: 100,
  connectionsMax: 1_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  idleTimeoutMs: 10_000,
  stallTimeoutMs: 20_000,
  lingerTimeoutMs: 2_000,
  lingerBytesMax: 16_777_216,
  closeTimeoutMs: 1_000,
})

/** Counted since the listener was opened. */
export interface WebListenCounters {
  readonly connections: number
  /** Open now, upgraded ones included. */
  readonly connectionsOpen: number
  /** Closed at once because of `connectionsMax`. */
  readonly connectionsRefused: number
  /** Closed because no further request came within `idleTimeoutMs`. */
  readonly connectionsIdle: number
  /** Closed because the client took nothing of its answer for `stallTimeoutMs`. */
  readonly connectionsStalled: number
  /** Closed because of `lingerTimeoutMs` or `lingerBytesMax`, after their last answer. */
  readonly connectionsLingering: number
  /** Closed because there was no TLS: garbage, plain HTTP, a refused certificate, too slow. */
  readonly handshakesFailed: number
  readonly requests: number
  /** Answered with 503 because the port of this path was not there. */
  readonly unserved: number
  /** Answered with 404 because no port ever had this path, or 426 because it is for upgrades. */
  readonly unmounted: number
  /** Connections handed to a port that speaks something else from then on. */
  readonly upgrades: number
  /** Upgrades refused with 503 or 404 because nobody was there for them. */
  readonly upgradesRefused: number
  /** Answered with 431: `headersBytesMax`, `headersMax`. */
  readonly headersTooLarge: number
  /** Answered with 408: `headersTimeoutMs`, `requestTimeoutMs`. */
  readonly tooSlow: number
  /** Answered with 400: what a client sent was no HTTP, or named no host or several. */
  readonly malformed: number
  /** All that was wrong with what clients sent: the sum of the three above. */
  readonly clientErrors: number
}

const COUNTS = ['headersBytesMax', 'headersMax', 'connectionsMax', 'lingerBytesMax'] as const

/** Fills in the defaults; throws OPTION_INVALID naming the option that cannot be. */
export function checkedLimits(options: WebListenOptions): WebLimits {
  for (const name of COUNTS) {
    requireCount(name, options[name])
  }
  // Asked for here so that a bad authority is told by name, and not as a port that fails.
  if (options.tls !== undefined) serverTlsOptions(options.tls)
  requireDuration('handshakeTimeoutMs', options.handshakeTimeoutMs)
  requireDuration('headersTimeoutMs', options.headersTimeoutMs)
  requireDuration('requestTimeoutMs', options.requestTimeoutMs)
  requireDuration('idleTimeoutMs', options.idleTimeoutMs)
  requireDuration('stallTimeoutMs', options.stallTimeoutMs)
  requireDuration('lingerTimeoutMs', options.lingerTimeoutMs)
  requireDuration('closeTimeoutMs', options.closeTimeoutMs)
  return { ...WEB_LISTEN_DEFAULTS, ...options }
}

/** Throws OPTION_INVALID unless the value is left out or a whole number above 0. */
export function requireCount(option: string, value: number | undefined): void {
  const isCount = value === undefined || (Number.isSafeInteger(value) && value > 0)
  requireOption(isCount, option, value, 'give a whole number above 0')
}
