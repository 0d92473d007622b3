/**
 * ports/tcp/message: what TCP ports, their connections and their readers say to each other.
 */
import { type Address, message, type Pid, protocol, request } from '#contract'
import type { Listening } from '#ports/listen'

/** Why a connection has ended, in one word; also the name of its exit reason where not calm. */
export type TcpEnd =
  /** The other side has closed it. Calm. */
  | 'peer-closed'
  /** This side has: by the message `close`, or by an exit signal. Calm. */
  | 'closed'
  /** Its port has ended. Calm. */
  | 'port-ended'
  /** The machine or the network gave it up; also TLS that was broken on the way. */
  | 'connection-lost'
  /** Nothing came or went for `idleTimeoutMs`. */
  | 'idle'
  /** Above `chunkBytesMax`. */
  | 'chunk-too-large'
  /** Its length cannot be. */
  | 'chunk-invalid'
  /** The other side closed in the middle of a chunk. */
  | 'chunk-truncated'
  /** It was not complete within `chunkTimeoutMs`. */
  | 'chunk-too-slow'
  /** The other side does not read: `writeQueueBytesMax`, `writeTimeoutMs`. */
  | 'peer-too-slow'
  /** Nobody was there to read for `readerTimeoutMs`. */
  | 'reader-gone'
  /** A client got no connection. The exit reason is a crash with the code PORT_FAILED. */
  | 'connect-failed'

/** All of them. */
export const TCP_ENDS: readonly TcpEnd[] = Object.freeze([
  'peer-closed',
  'closed',
  'port-ended',
  'connection-lost',
  'idle',
  'chunk-too-large',
  'chunk-invalid',
  'chunk-truncated',
  'chunk-too-slow',
  'peer-too-slow',
  'reader-gone',
  'connect-failed',
])

/** What TLS found out about the other side. */
export interface TcpSecurity {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string
  /** Subject of the certificate it has shown, one line for each part; undefined without one. */
  readonly peerSubject: string | undefined
  /** SHA-256 of that certificate. */
  readonly peerFingerprint: string | undefined
}

/** What a connection understands. Its pid is in every message about it. */
export const TcpConnection = protocol('tcp-connection', {
  /**
   * Sends bytes, or text as UTF-8. When they do not fit `writeQueueBytesMax`, the other side is
   * too slow and the connection ends. What the chunking refuses is a dead letter.
   */
  send: message<string | Uint8Array>(),
  /**
   * Sends bytes and answers how many were sent, once the kernel has taken them. Rejects with
   * WRITE_REFUSED when they do not fit the queue, with CHUNK_REFUSED, or with CALLEE_ENDED.
   */
  write: request<string | Uint8Array, number>(),
  /** Ends it, once all that was sent before is on its way. */
  close: message(),
  counters: request<void, TcpConnectionCounters>(),
})

/** A connection is there; also told anew to a reader that was restarted. */
export interface TcpConnected {
  readonly connection: Pid<typeof TcpConnection>
  readonly remote: Listening
  readonly local: Listening
  /** Undefined without TLS. */
  readonly security: TcpSecurity | undefined
  /** True when an earlier reader knew it already: this one was restarted. */
  readonly again: boolean
}

/** One chunk, or one read when chunking is off. */
export interface TcpData {
  readonly connection: Pid<typeof TcpConnection>
  /** May share its memory with other chunks: copy what you keep for long. */
  readonly bytes: Uint8Array
}

/** The last that is told of a connection. */
export interface TcpDisconnected {
  readonly connection: Pid<typeof TcpConnection>
  readonly end: TcpEnd
  /** Bytes that came but were not handed on: less than a chunk, or behind its fault. */
  readonly undeliveredBytes: number
}

/** What a process speaks that reads TCP connections. */
export const TcpReader = protocol('tcp-reader', {
  connected: message<TcpConnected>(),
  data: message<TcpData>(),
  disconnected: message<TcpDisconnected>(),
})

/** Counted for one connection. */
export interface TcpConnectionCounters {
  readonly receivedBytes: number
  /** Chunks handed on; reads when chunking is off. */
  readonly receivedChunks: number
  /** Came, but was not handed on yet; what is left at the end. */
  readonly undeliveredBytes: number
  /** Taken by the kernel, keep-alive bytes included. */
  readonly sentBytes: number
  /** Waits to be taken; what is left at the end was never sent. */
  readonly queuedBytes: number
  /** Refused before they were queued: by the queue, the chunking, or the end. */
  readonly refusedBytes: number
}

/** Counted for a listener, over all its connections, whichever port served them. */
export interface TcpCounters extends TcpTotals, TcpListenCounters {}

/** Sums over connections, those that have ended included. */
export interface TcpTotals {
  /** Connections that are processes now. */
  readonly connected: number
  /** Connections that have ended, by the word for why. */
  readonly ended: Readonly<Partial<Record<TcpEnd, number>>>
  readonly receivedBytes: number
  readonly receivedChunks: number
  /** Of connections that have ended: never handed on. */
  readonly undeliveredBytes: number
  readonly sentBytes: number
  /** Of connections that have ended: queued, but never sent. */
  readonly unsentBytes: number
  readonly refusedBytes: number
}

/** Counted since the listener was opened. */
export interface TcpListenCounters {
  /** Connections the kernel gave us: open ones, ended ones, refused ones. */
  readonly connections: number
  /** Open now, also those still in their handshake. */
  readonly connectionsOpen: number
  /** Closed at once because of `connectionsMax`. */
  readonly connectionsRefused: number
  /** No TLS: garbage, plain text, a refused certificate, gone meanwhile. */
  readonly handshakesFailed: number
  /** No TLS within `handshakeTimeoutMs`. */
  readonly handshakesTooSlow: number
  /** Closed because no port took them within `handshakeTimeoutMs`. */
  readonly unserved: number
  /** The other side had gone before anybody could serve them. */
  readonly gone: number
}

/** What a TCP server port understands. */
export const Tcp = protocol('tcp', { counters: request<void, TcpCounters>() })

/** Who reads: mostly a name, so that connections outlive a restart of the reader. */
export type TcpReaderAddress = Address<typeof TcpReader>
