/**
 * ports/websocket/client: a WebSocket connection to somebody as a process.
 *
 * It speaks `WebSocketConnection`, and its reader `WebSocketReader`, as on the side of the server.
 * It connects after its start; what is sent meanwhile waits. It never connects again: it ends with
 * a coded reason, and its supervisor, with back-off, starts the next one.
 *
 * @source ergo-features 13 (WebSocket, client)
 */
import { type IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http'
import {
  crashOf,
  describeThrown,
  type ProcessContext,
  requireDuration,
  requireObject,
  requireOption,
  type Spawnable,
  TroupeError,
} from '#contract'
import { connectionBehaviour } from '#ports/connection-process'
import { definePort } from '#ports/definition'
import { headersOf } from '#ports/headers'
import { readerOf } from '#ports/readers'
import { keeping } from '#ports/release'
import { Seat } from '#ports/seat'
import { type ClientTls, checkClientTls, clientTlsOptions } from '#ports/tls/client-tls'
import { requireTraceFlag, withTraceHeaders } from '#ports/trace-headers'
import { Connection } from './connection.js'
import {
  type CompleteWebSocket,
  completeWebSocket,
  requireCount,
  type WebSocketConnectionOptions,
} from './connection-options.js'
import { remoteOf, securityFor } from './handshake.js'
import type { WebSocketSides } from './inward.js'
import { type Dialled, type Line, WebSocketLibrary } from './library.js'
import { WebSocketConnection, type WebSocketReaderAddress } from './message.js'
import { checkProtocols } from './port-options.js'

/** What a WebSocket client is spawned with: its one argument. */
export interface WebSocketClientOptions extends WebSocketConnectionOptions {
  /** `ws://` or `wss://`, without a fragment. */
  readonly url: string
  /** Who reads; default the process that spawned the client, which is no supervisor. */
  readonly reader?: WebSocketReaderAddress
  /** TLS of a `wss://` address; default that of Node.js. */
  readonly tls?: ClientTls
  /** Subprotocols to offer; when none of them is taken, there is no connection. Default none. */
  readonly protocols?: readonly string[]
  /** Further headers of the request, such as `authorization` or `origin`; default none. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Tell the server of the trace in which this is spawned, by `traceparent` and `tracestate`;
   * default false. What `headers` say comes before.
   */
  readonly traceparent?: boolean
  /** Headers of the answer, in bytes; default 16,384. */
  readonly headersBytesMax?: number
  /** Longest time to get a connection, TLS included, in milliseconds; default 15,000. */
  readonly handshakeTimeoutMs?: number
}

/** What the options of a WebSocket client leave open, beside those of a connection. */
export const WEB_SOCKET_CLIENT_DEFAULTS: Required<
  Pick<
    WebSocketClientOptions,
    'protocols' | 'headers' | 'traceparent' | 'headersBytesMax' | 'handshakeTimeoutMs'
  >
> = Object.freeze({
  protocols: Object.freeze([]) as readonly string[],
  headers: Object.freeze({}) as Readonly<Record<string, string>>,
  traceparent: false,
  headersBytesMax: 16_384,
  handshakeTimeoutMs: 15_000,
})

type CompleteClient = Pick<WebSocketClientOptions, 'url' | 'reader' | 'tls'> &
  typeof WEB_SOCKET_CLIENT_DEFAULTS & { readonly limits: CompleteWebSocket }

async function init(context: ProcessContext, args: readonly unknown[]): Promise<Connection> {
  const options = withTraceHeaders(completeClient(args[0] as WebSocketClientOptions), context)
  const { limits } = options
  const reader = readerOf(options.reader, context.parent)
  const keep = keeping(context)
  const library = await WebSocketLibrary.load()
  const seat = new Seat(reader, context, limits.readerTimeoutMs)
  let breakOff = (): void => {}
  const parts = { limits, seat, closed: () => breakOff() }
  const connection = keep(new Connection(parts, context))
  breakOff = begin({ connection, options, context, library })
  return connection
}

function completeClient(given: WebSocketClientOptions): CompleteClient {
  requireObject('options', given)
  const { url, tls, protocols, headers } = given
  const isUrl = typeof url === 'string' && URL.canParse(url) && /^wss?:\/\/[^#]+$/i.test(url)
  requireOption(isUrl, 'url', url, 'give one of ws:// or wss://, without a fragment')
  if (tls !== undefined) checkClientTls(tls)
  if (protocols !== undefined) checkProtocols(protocols)
  if (headers !== undefined) checkHeaders(headers)
  requireCount('headersBytesMax', given.headersBytesMax)
  requireDuration('handshakeTimeoutMs', given.handshakeTimeoutMs)
  requireTraceFlag(given)
  const limits = completeWebSocket(given)
  return Object.freeze({ ...WEB_SOCKET_CLIENT_DEFAULTS, ...given, limits })
}

/** Connects, and opens the connection or ends it. */
function begin(parts: {
  readonly connection: Connection
  readonly options: CompleteClient
  readonly context: ProcessContext
  readonly library: WebSocketLibrary
}): () => void {
  const { connection, options, context, library } = parts
  const { url, handshakeTimeoutMs } = options
  const fail = (problem: string): void => {
    timer?.cancel()
    // The password of the address, if there is one, belongs into no log.
    const error = new TroupeError('PORT_FAILED', {
      transport: 'remote WebSocket',
      address: shown(url),
      problem,
    })
    connection.end('connect-failed', crashOf(error))
  }
  const late = (): void => fail(`no connection within ${handshakeTimeoutMs} ms`)
  const isLimited = Number.isFinite(handshakeTimeoutMs)
  const timer = isLimited ? context.after(handshakeTimeoutMs, late) : undefined
  try {
    return library.dial(dialledOf(options), {
      failed: fail,
      opened: (line, answer) => {
        timer?.cancel()
        connection.open(line, sidesOf(url, line, answer))
      },
    })
  } catch (thrown) {
    fail(describeThrown(thrown))
    return () => {}
  }
}

function dialledOf(options: CompleteClient): Dialled {
  const { hostname, protocol } = new URL(options.url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const isSecure = protocol === 'wss:'
  return { ...options, tls: isSecure ? clientTlsOptions(options.tls ?? {}, host) : {} }
}

function sidesOf(url: string, line: Line, answer: IncomingMessage): WebSocketSides {
  const { socket } = answer
  return {
    url: shown(url),
    headers: headersOf(answer),
    protocol: line.protocol,
    remote: remoteOf(socket),
    security: securityFor(socket),
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  requireObject('headers', headers)
  for (const [name, value] of Object.entries(headers)) {
    let problem: string | undefined
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch (thrown) {
      problem = describeThrown(thrown)
    }
    requireOption(problem === undefined, 'headers', name, problem ?? '')
  }
}

function shown(url: string): string {
  const parsed = new URL(url)
  parsed.password = ''
  return parsed.href
}

/**
 * A WebSocket connection to somebody as a process. Its one argument says to whom.
 *
 * Ends with a crash of the code PORT_FAILED when it gets no connection; later with one of the
 * words of `WebSocketEnd`, `normal` when either side has closed it. So put it under a supervisor
 * as a `permanent` child with `backoff`.
 *
 * @example
 * await node.spawn(webSocketClient, { args: [{ url: 'wss://localhost/feed', reader: 'desk' }] })
 */
export const webSocketClient: Spawnable<
  typeof WebSocketConnection,
  [options: WebSocketClientOptions]
> = definePort({
  ...connectionBehaviour(WebSocketConnection),
  name: 'websocket-client',
  init,
  // The seat is the client's own, so it hears itself of the end of its reader.
  handleDown: (connection, { target }) => connection.left(target),
})
