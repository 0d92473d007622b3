/**
 * ports/websocket/port-options: where a WebSocket port answers, and its limits.
 *
 * Pure. Each limit has a name, a default and a counter.
 */
import {
  requireDuration,
  requireObject,
  requireOption,
  requireTraceparent,
  type TraceparentOption,
} from '#contract'
import type { Unopened } from '#ports/listen'
import type { WebListenOptions } from '#ports/web/listen-options'
import type { WebListener } from '#ports/web/listener'
import {
  type CompleteWebSocket,
  completeWebSocket,
  requireCount,
  type WebSocketConnectionOptions,
} from './connection-options.js'
import type { WebSocketReaderAddress } from './message.js'
import { type CheckOrigin, checkCheckOrigin } from './origin.js'

/** What a WebSocket port is spawned with: its one argument. */
export interface WebSocketPortOptions extends WebSocketConnectionOptions {
  /** A server to open and to own, or one that was opened before and is shared with others. */
  readonly listener: Unopened<WebListenOptions> | WebListener
  /** Where on the listener, with all paths below it; default `/`. */
  readonly path?: string
  /** Who reads the connections; mostly a name. Default the process that spawned the port. */
  readonly reader?: WebSocketReaderAddress
  /** Several readers instead of one: taken in turn, each keeps the connections it got. */
  readonly readers?: readonly WebSocketReaderAddress[]
  /** Connections at once; one more gets 503; default 1,000. */
  readonly connectionsMax?: number
  /** Which pages may connect; others get 403; default `same`: those of the same host. */
  readonly checkOrigin?: CheckOrigin
  /** Longest time for `checkOrigin`, in milliseconds; then 408; default 15,000. */
  readonly handshakeTimeoutMs?: number
  /**
   * What becomes of the `traceparent` of a handshake: `ignore`, `accept` its ids, or `trust` it to
   * say what is traced as well; default `ignore`. Of the messages each begins a trace of its own.
   */
  readonly traceparent?: TraceparentOption
  /** Subprotocols, the best one first; the first one that is offered is taken; default none. */
  readonly protocols?: readonly string[]
}

/** What the options of a WebSocket port leave open, beside those of a connection. */
export const WEB_SOCKET_DEFAULTS: Required<
  Pick<
    WebSocketPortOptions,
    'path' | 'connectionsMax' | 'checkOrigin' | 'handshakeTimeoutMs' | 'traceparent' | 'protocols'
  >
> = Object.freeze({
  path: '/',
  connectionsMax: 1_000,
  checkOrigin: 'same',
  handshakeTimeoutMs: 15_000,
  traceparent: 'ignore',
  protocols: Object.freeze([]) as readonly string[],
})

/** Options that were checked, with nothing left open that has a default. */
export type CompletePort = WebSocketPortOptions &
  typeof WEB_SOCKET_DEFAULTS & { readonly limits: CompleteWebSocket }

/** The options with their defaults. Throws OPTION_INVALID naming the option that cannot be. */
export function completePort(given: WebSocketPortOptions): CompletePort {
  requireObject('options', given)
  requireObject('listener', given.listener)
  requireCount('connectionsMax', given.connectionsMax)
  requireDuration('handshakeTimeoutMs', given.handshakeTimeoutMs)
  checkCheckOrigin(given.checkOrigin)
  requireTraceparent(given.traceparent)
  if (given.protocols !== undefined) checkProtocols(given.protocols)
  return Object.freeze({ ...WEB_SOCKET_DEFAULTS, ...given, limits: completeWebSocket(given) })
}

/** Throws OPTION_INVALID unless these can be names of subprotocols. */
export function checkProtocols(protocols: readonly string[]): void {
  const isList = Array.isArray(protocols)
  requireOption(isList, 'protocols', protocols, 'give a list of names')
  for (const name of protocols) {
    const isToken = typeof name === 'string' && /^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/.test(name)
    requireOption(isToken, 'protocols', name, 'give names without spaces and separators')
  }
  const isSet = new Set(protocols).size === protocols.length
  requireOption(isSet, 'protocols', protocols.join(), 'give each name once')
}
