/**
 * ports/websocket/library: the library `ws`, behind the few verbs that are needed of it.
 *
 * The only file that knows it. Its types appear in no declaration of ours, so that users need not
 * install them. The library checks frames, masks, UTF-8 and lengths; pings are answered by us, so
 * that the answers count as what waits to be sent.
 *
 * @source RFC 6455; ws 8, doc/ws.md
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { connectProblem } from '#ports/connect-problem'
import type { CompleteWebSocket } from './connection-options.js'
import type { Farewell, Frame } from './frame.js'
import type { WebSocketEnd } from './message.js'

type Library = typeof import('ws')

/** The state of a socket that is closed, as the library numbers them. */
const CLOSED: WebSocket['CLOSED'] = 3

/** Faults of what the other side has sent. */
export type WebSocketFault = Extract<
  WebSocketEnd,
  'message-too-large' | 'too-many-fragments' | 'text-invalid' | 'frame-invalid'
>

/** Called once when the kernel has taken the bytes; with false when it never will. */
export type Taken = (isSent: boolean) => void

/** What a line tells. None of these is called before `listen`. */
export interface LineEvents {
  received(kind: Frame['kind'], body: Buffer): void
  /** The library has told the other side the code already; nothing more will be received. */
  faulty(fault: WebSocketFault): void
  /** The socket is closed; the code is 1006 when no closing frame came. */
  closed(code: number, reason: string): void
}

/** One connection that is open; it is not read before `resume`. */
export interface Line {
  readonly protocol: string
  readonly bytesRead: number
  listen(events: LineEvents): void
  send(frame: Frame, taken: Taken): void
  /** Sends a closing frame behind all that waits. Nothing when one was sent already. */
  close(farewell: Farewell): void
  pause(): void
  resume(): void
  destroy(): void
}

const FAULTS: Readonly<Record<string, WebSocketFault>> = Object.freeze({
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'message-too-large',
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 'message-too-large',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'too-many-fragments',
  WS_ERR_INVALID_UTF8: 'text-invalid',
})

/** What the library is told of the limits; the declarations of an older one lack some. */
function settingsOf(limits: CompleteWebSocket): Readonly<Record<string, unknown>> {
  return {
    autoPong: false,
    maxPayload: limits.messageBytesMax,
    maxFragments: limits.fragmentsMax,
    // Its own timer, for a socket nobody has: ours comes first.
    closeTimeout: Math.min(limits.closeTimeoutMs + 1_000, 2_147_483_647),
    perMessageDeflate: limits.compression ? COMPRESSION : false,
  }
}

/** Nothing is kept between messages, so that an idle connection costs no memory. */
const COMPRESSION = Object.freeze({
  threshold: 1_024,
  concurrencyLimit: 4,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  zlibDeflateOptions: Object.freeze({ level: 3, memLevel: 7 }),
})

class WsLine implements Line {
  readonly #ws: WebSocket
  readonly #socket: Duplex & Partial<Pick<Socket, 'bytesRead'>>

  constructor(ws: WebSocket, socket: Duplex) {
    this.#ws = ws
    this.#socket = socket
    // Else what has come already would be told to nobody, and an error would end the program.
    ws.pause()
    ws.on('error', () => {})
  }

  get protocol(): string {
    return this.#ws.protocol
  }

  get bytesRead(): number {
    return this.#socket.bytesRead ?? 0
  }

  listen(events: LineEvents): void {
    const ws = this.#ws
    ws.on('message', (body: Buffer, isBinary) => {
      events.received(isBinary ? 'binary' : 'text', body)
    })
    ws.on('ping', (body) => events.received('ping', body))
    ws.on('pong', (body) => events.received('pong', body))
    ws.on('error', (error: Error & { readonly code?: string }) => {
      events.faulty(FAULTS[error.code ?? ''] ?? 'frame-invalid')
    })
    ws.on('close', (code, reason) => events.closed(code, reason.toString()))
    // It may have closed before anybody listened, and will not say so again.
    if (ws.readyState === CLOSED) events.closed(1006, '')
  }

  send({ kind, body }: Frame, taken: Taken): void {
    const done = (error?: Error | null): void => taken(!(error instanceof Error))
    if (kind === 'ping' || kind === 'pong') this.#ws[kind](body, undefined, done)
    else this.#ws.send(body, { binary: kind === 'binary' }, done)
  }

  close({ code, reason }: Farewell): void {
    this.#ws.close(code, reason)
  }

  pause(): void {
    this.#ws.pause()
  }

  resume(): void {
    this.#ws.resume()
  }

  destroy(): void {
    this.#ws.terminate()
  }
}

/** Ends a handshake that has come to a server: with a line, or with an answer that says no. */
export type Accept = (request: IncomingMessage, socket: Duplex, head: Buffer) => Line | undefined

/** What a client asks for. */
export interface Dialled {
  readonly url: string
  readonly protocols: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly headersBytesMax: number
  /** Options of `tls.connect`. */
  readonly tls: object
  readonly limits: CompleteWebSocket
}

/** Exactly one of these is told, and not before `dial` has returned. */
export interface DialEvents {
  opened(line: Line, answer: IncomingMessage): void
  failed(problem: string): void
}

/** What begins connections of both sides. */
export class WebSocketLibrary {
  readonly #library: Library

  private constructor(library: Library) {
    this.#library = library
  }

  static async load(): Promise<WebSocketLibrary> {
    return new WebSocketLibrary(await import('ws'))
  }

  /** How a server accepts: the first of its subprotocols that the other side offers. */
  acceptor(limits: CompleteWebSocket, protocols: readonly string[]): Accept {
    const server = new this.#library.WebSocketServer({
      ...settingsOf(limits),
      noServer: true,
      clientTracking: false,
      handleProtocols: (offered: Set<string>) =>
        protocols.find((protocol) => offered.has(protocol)) ?? false,
    })
    return (request, socket, head) => {
      let line: Line | undefined
      // It answers what is no handshake by itself, and all of this at once.
      server.handleUpgrade(request, socket, head, (ws) => {
        line = new WsLine(ws, socket)
      })
      return line
    }
  }

  /** Connects; what it returns breaks the attempt off. Throws what the library refuses to ask. */
  dial(asked: Dialled, events: DialEvents): () => void {
    const { url, protocols, headers, headersBytesMax, tls, limits } = asked
    const settings = { ...settingsOf(limits), ...tls, headers, maxHeaderSize: headersBytesMax }
    const { WebSocket } = this.#library
    const ws = new WebSocket(url, [...protocols], { ...settings, followRedirects: false })
    let answer: IncomingMessage | undefined
    ws.once('upgrade', (response) => {
      answer = response
    })
    const failed = (error: Error): void => events.failed(connectProblem(error))
    // Errors after the first one, of an attempt that was broken off, are nobody's business.
    ws.on('error', () => {})
    ws.once('error', failed)
    ws.once('open', () => {
      ws.off('error', failed)
      const response = answer as IncomingMessage
      events.opened(new WsLine(ws, response.socket), response)
    })
    return () => ws.terminate()
  }
}
