/**
 * ports/sse/client-message: what an SSE client and its reader say to each other.
 *
 * @source WHATWG HTML, 9.2 "Server-sent events"; ergo-features 13 (SSE client)
 */
import { message, type Pid, protocol, request } from '#contract'
import type { SseEvent } from './decode.js'

/** Why a stream has ended, in one word; also the name of the exit reason where not calm. */
export type SseClientEnd =
  /** The server has ended it in order. */
  | 'stream-ended'
  /** It broke off. */
  | 'connection-lost'
  /** There was no connection: nobody listens, no such name, no trust. */
  | 'connect-failed'
  /** No answer within `connectTimeoutMs`. */
  | 'connect-too-slow'
  /** The server has answered with another status than 200. */
  | 'refused'
  /** The server says with 204 that there will be no more. Calm. */
  | 'no-content'
  /** What it answers is no event stream. */
  | 'no-event-stream'
  /** Nothing came for `idleTimeoutMs`, not even a comment. */
  | 'idle'
  /** Above `lineBytesMax`. */
  | 'line-too-long'
  /** Above `eventBytesMax`. */
  | 'event-too-large'
  /** Nobody was there to read for `readerTimeoutMs`. */
  | 'reader-gone'
  /** This side has closed it: by an exit signal or the end of the node. Calm. */
  | 'closed'

/** What an SSE client understands. */
export const SseClient = protocol('sse-client', { counters: request<void, SseClientCounters>() })

/** The stream is open; told at each connection, and anew to a reader that was restarted. */
export interface SseOpened {
  readonly client: Pid<typeof SseClient>
  readonly url: string
  /** The id it came with; empty when it had none. */
  readonly lastEventId: string
  /** True when an earlier reader knew of this connection already. */
  readonly again: boolean
}

/** One event of the stream. */
export interface SseReceived extends SseEvent {
  readonly client: Pid<typeof SseClient>
}

/** The stream has ended; also told when it could not be opened. */
export interface SseClosed {
  readonly client: Pid<typeof SseClient>
  readonly end: SseClientEnd
  /** What went wrong, where there is more to say: a status, an error of the machine. */
  readonly problem: string | undefined
  /** When it will be tried again, in milliseconds; undefined when the client ends. */
  readonly reconnectMs: number | undefined
}

/** What a process speaks that reads a foreign stream. */
export const SseClientReader = protocol('sse-client-reader', {
  opened: message<SseOpened>(),
  event: message<SseReceived>(),
  closed: message<SseClosed>(),
})

/** Counted since the client began. */
export interface SseClientCounters {
  /** Streams that were open. */
  readonly opened: number
  /** Ends, by the word for why. */
  readonly ended: Readonly<Partial<Record<SseClientEnd, number>>>
  /** Events handed on. */
  readonly events: number
  readonly comments: number
  readonly receivedBytes: number
}
