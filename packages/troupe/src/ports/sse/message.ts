/**
 * ports/sse/message: what SSE ports, their connections and their readers say to each other.
 *
 * @source WHATWG HTML, 9.2 "Server-sent events"; ergo-features 13 (SSE)
 */
import { message, type Pid, protocol, request } from '#contract'

/** One event to be sent; it has at least one of these. */
export interface SsePush {
  /** Its type; without one it is a `message`. One line. */
  readonly event?: string
  /** Text, of any number of lines; an event without data is not told to the page. */
  readonly data?: string
  /** What the client gives back as `Last-Event-ID` when it comes again. One line. */
  readonly id?: string
  /** How long the client waits before it comes again, in whole milliseconds. */
  readonly retryMs?: number
}

/** Why a connection has ended, in one word; also the name of its exit reason where not calm. */
export type SseEnd =
  /** The client has gone away, or the network has. Calm. */
  | 'peer-closed'
  /** This side has closed it: by the message `close`, or by an exit signal. Calm. */
  | 'closed'
  /** Its port has ended. Calm. */
  | 'port-ended'
  /** The client does not read: `writeQueueBytesMax`, `writeTimeoutMs`. */
  | 'peer-too-slow'
  /** Nobody was there to be told of it for `readerTimeoutMs`. */
  | 'reader-gone'
  /** It had no room to be told of the client for `readerTimeoutMs`: the client got 503. */
  | 'reader-too-slow'

/** What a connection to one client understands. Its pid is in every message about it. */
export const SseConnection = protocol('sse-connection', {
  /**
   * Sends an event. When it does not fit `writeQueueBytesMax`, the client is too slow and the
   * connection ends. An event that cannot be written is a dead letter.
   */
  send: message<SsePush>(),
  /**
   * Sends an event and answers its bytes once the kernel has taken them. Rejects with
   * WRITE_REFUSED when it does not fit the queue, with MESSAGE_INVALID, or with CALLEE_ENDED.
   */
  write: request<SsePush, number>(),
  /** Ends it, once all that was sent before is on its way. */
  close: message(),
  counters: request<void, SseConnectionCounters>(),
})

/** The request a client came with. */
export interface SseRequest {
  readonly method: string
  /** The path alone, as sent: percent signs are not decoded. */
  readonly path: string
  /** What follows the question mark; empty without one. */
  readonly query: string
  /** By lower-case name; several of one name are joined with a comma. Has no prototype. */
  readonly headers: Readonly<Record<string, string>>
  readonly remoteAddress: string
}

/** A client is there; also told anew to a reader that was restarted. */
export interface SseConnected {
  readonly connection: Pid<typeof SseConnection>
  readonly request: SseRequest
  /** The id of the last event the client has seen; empty when it is here for the first time. */
  readonly lastEventId: string
  /** True when an earlier reader knew it already: this one was restarted. */
  readonly again: boolean
}

/** The last that is told of a connection. */
export interface SseDisconnected {
  readonly connection: Pid<typeof SseConnection>
  readonly end: SseEnd
  /** Bytes that were accepted but never taken by the kernel. */
  readonly unsentBytes: number
}

/** What a process speaks that is told of the clients of an SSE port. */
export const SseReader = protocol('sse-reader', {
  connected: message<SseConnected>(),
  disconnected: message<SseDisconnected>(),
})

/** Counted for one connection. */
export interface SseConnectionCounters {
  /** Events accepted. */
  readonly events: number
  readonly heartbeats: number
  /** Taken by the kernel, heartbeats included. */
  readonly sentBytes: number
  /** Waits to be taken; what is left at the end was never sent. */
  readonly queuedBytes: number
  /** Events refused before they were queued: by the queue, by their form, or after the end. */
  readonly refused: number
}
