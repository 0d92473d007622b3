/**
 * ports/websocket/message: what WebSocket ports, their connections and their readers say.
 *
 * @source RFC 6455; ergo-features 13 (WebSocket)
 */
import { type Address, message, type Pid, protocol, request } from '#contract'
import type { Listening } from '#ports/listen'
import type { TcpSecurity } from '#ports/tcp/message'

/** Why a connection has ended, in one word; also the name of its exit reason where not calm. */
export type WebSocketEnd =
  /** The other side has closed it, with a code. Calm. */
  | 'peer-closed'
  /** This side has: by the message `close`, or by an exit signal. Calm. */
  | 'closed'
  /** Its port has ended. Calm. */
  | 'port-ended'
  /** It broke off without a closing frame. */
  | 'connection-lost'
  /** A ping was not answered within `pongTimeoutMs`, and nothing else came. */
  | 'peer-silent'
  /** Bytes come, but no whole frame within `messageTimeoutMs`. */
  | 'message-too-slow'
  /** No message went either way for `idleTimeoutMs`. */
  | 'idle'
  /** Above `messageBytesMax`. */
  | 'message-too-large'
  /** Above `fragmentsMax`. */
  | 'too-many-fragments'
  /** Above `readQueueBytesMax`: many messages in few bytes, which compression makes possible. */
  | 'too-much-at-once'
  /** A text that is no UTF-8. */
  | 'text-invalid'
  /** Frames that cannot be. */
  | 'frame-invalid'
  /** The other side does not read: `writeQueueBytesMax`, `writeTimeoutMs`. */
  | 'peer-too-slow'
  /** Nobody was there to read for `readerTimeoutMs`. */
  | 'reader-gone'
  /** A client got no connection. The exit reason is a crash with the code PORT_FAILED. */
  | 'connect-failed'

/** All of them. */
export const WEB_SOCKET_ENDS: readonly WebSocketEnd[] = Object.freeze([
  'peer-closed',
  'closed',
  'port-ended',
  'connection-lost',
  'peer-silent',
  'message-too-slow',
  'idle',
  'message-too-large',
  'too-many-fragments',
  'too-much-at-once',
  'text-invalid',
  'frame-invalid',
  'peer-too-slow',
  'reader-gone',
  'connect-failed',
])

/** What can be sent: text, bytes, or a frame with its kind. */
export type WebSocketPush = string | Uint8Array | WebSocketFrame

/** A frame to be sent. */
export type WebSocketFrame =
  /** Bytes must be UTF-8. */
  | { readonly kind: 'text'; readonly body: string | Uint8Array }
  | { readonly kind: 'binary'; readonly body: string | Uint8Array }
  /** At most 125 bytes. */
  | { readonly kind: 'ping' | 'pong'; readonly body?: string | Uint8Array }
  | ({ readonly kind: 'close' } & WebSocketClose)

/** How a connection is to be closed. */
export interface WebSocketClose {
  /** 1000 to 1014 as RFC 6455 has them, or 3000 to 4999 for your own; default 1000. */
  readonly code?: number
  /** At most 123 bytes of UTF-8; default none. */
  readonly reason?: string
}

/** What a connection understands. Its pid is in every message about it. */
export const WebSocketConnection = protocol('websocket-connection', {
  /**
   * Sends a string as a text, bytes as binary, or a frame. When it does not fit
   * `writeQueueBytesMax`, the other side is too slow and the connection ends. What cannot be sent
   * is a dead letter.
   */
  send: message<WebSocketPush>(),
  /**
   * Sends, and answers the bytes of the body once the kernel has taken them. Rejects with
   * WRITE_REFUSED when they do not fit the queue, with MESSAGE_INVALID, or with CALLEE_ENDED.
   */
  write: request<WebSocketPush, number>(),
  /** Ends it, once all that was sent before is on its way. */
  close: message<WebSocketClose | void>(),
  counters: request<void, WebSocketConnectionCounters>(),
})

/** A connection is there; also told anew to a reader that was restarted. */
export interface WebSocketConnected {
  readonly connection: Pid<typeof WebSocketConnection>
  /** What was asked for: path and query as sent; for a client its whole URL. */
  readonly url: string
  /**
   * Of the request; for a client, of the answer. By lower-case name; several of one name are
   * joined with a comma. Has no prototype.
   */
  readonly headers: Readonly<Record<string, string>>
  /** The subprotocol that was agreed on; empty without one. */
  readonly protocol: string
  readonly remote: Listening
  /** Undefined without TLS. */
  readonly security: TcpSecurity | undefined
  /** True when an earlier reader knew it already: this one was restarted. */
  readonly again: boolean
}

/** One message. Bytes may share their memory with others: copy what you keep for long. */
export type WebSocketMessage =
  | {
      readonly connection: Pid<typeof WebSocketConnection>
      readonly kind: 'text'
      readonly body: string
    }
  | {
      readonly connection: Pid<typeof WebSocketConnection>
      /** Pings and pongs are told only with `controlFrames`; pings are answered in any case. */
      readonly kind: 'binary' | 'ping' | 'pong'
      readonly body: Uint8Array
    }

/** The last that is told of a connection. */
export interface WebSocketDisconnected {
  readonly connection: Pid<typeof WebSocketConnection>
  readonly end: WebSocketEnd
  /**
   * Of the closing frame, theirs or ours; 1005 when theirs had none, 1006 when there was no
   * closing frame.
   */
  readonly code: number
  /** Of the closing frame; mostly empty. */
  readonly reason: string
  /** Messages that came but were not handed on. */
  readonly undeliveredMessages: number
}

/** What a process speaks that reads WebSocket connections. */
export const WebSocketReader = protocol('websocket-reader', {
  connected: message<WebSocketConnected>(),
  message: message<WebSocketMessage>(),
  disconnected: message<WebSocketDisconnected>(),
})

/** Counted for one connection. Bytes are those of the bodies, as they are before compression. */
export interface WebSocketConnectionCounters {
  /** Messages handed on. */
  readonly receivedMessages: number
  /** Of all messages that came. */
  readonly receivedBytes: number
  /** Came, but were not handed on yet; what is left at the end. */
  readonly undeliveredMessages: number
  /** Taken by the kernel; pings and pongs are not messages. */
  readonly sentMessages: number
  readonly sentBytes: number
  /** Wait to be taken; what is left at the end was never sent. */
  readonly queuedMessages: number
  /** Of all that waits, with `FRAME_BYTES` for each frame. */
  readonly queuedBytes: number
  /** Refused before they were queued: by their form, the queue, or the end. */
  readonly refusedMessages: number
  readonly pingsReceived: number
  readonly pongsReceived: number
}

/** Sums over connections, those that have ended included. */
export interface WebSocketTotals {
  /** Connections that are processes now. */
  readonly connected: number
  /** Connections that have ended, by the word for why. */
  readonly ended: Readonly<Partial<Record<WebSocketEnd, number>>>
  readonly receivedMessages: number
  readonly receivedBytes: number
  /** Of connections that have ended: never handed on. */
  readonly undeliveredMessages: number
  readonly sentMessages: number
  readonly sentBytes: number
  /** Of connections that have ended: queued, but never sent. */
  readonly unsentMessages: number
  readonly refusedMessages: number
}

/** Counted for a server port since it began. */
export interface WebSocketCounters extends WebSocketTotals {
  /** Handshakes that came to this path. */
  readonly handshakes: number
  /** Refused with 400 or 405: no handshake of WebSocket. */
  readonly handshakesInvalid: number
  /** Refused with 408: `checkOrigin` took longer than `handshakeTimeoutMs`. */
  readonly handshakesTooSlow: number
  /** Gone before they were answered. */
  readonly handshakesAborted: number
  /** Refused with 403 by `checkOrigin`. */
  readonly originsRefused: number
  /** Refused with 503: `connectionsMax`. */
  readonly connectionsRefused: number
}

/** What a WebSocket server port understands. */
export const WebSockets = protocol('websockets', {
  counters: request<void, WebSocketCounters>(),
})

/** Who reads: mostly a name, so that connections outlive a restart of the reader. */
export type WebSocketReaderAddress = Address<typeof WebSocketReader>
