/**
 * ports/sse/connection: one client of an SSE port, in the hands of a process.
 *
 * Whoever has its pid can push to it, watch it or end it. Nothing foreign can throw out of a
 * callback of its socket. A reader that was restarted is told of it again.
 *
 * @source ergo-features 13 (SSE)
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  ExitReason,
  NoReply,
  Pid,
  ProcessContext,
  Spawnable,
  Timer,
  TroupeError,
} from '#contract'
import { connectionBehaviour } from '#ports/connection-process'
import { definePort } from '#ports/definition'
import { Delivery } from '#ports/delivery'
import { reasonFor, stopWith } from '#ports/ending'
import { keeping } from '#ports/release'
import type { Seat } from '#ports/seat'
import { answerWrite, refuseMessage, writeRefused } from '#ports/writing'
import { encodeSse } from './encode.js'
import {
  SseConnection,
  type SseConnectionCounters,
  type SseDisconnected,
  type SseEnd,
  type SsePush,
  type SseReader,
  type SseRequest,
} from './message.js'
import type { CompleteSse } from './port-options.js'
import { lastEventIdOf, requestOf } from './request.js'
import { SseStream } from './stream.js'

/** What a connection is made of: the one argument of its process. */
export interface SseConnectionParts {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly options: CompleteSse
  readonly seat: Seat<typeof SseReader>
  /** Called once, with what counts it. */
  readonly opened: (connection: SseCounted) => void
  /** Called once, when nothing more will happen; `isTold`: the reader was told of the end. */
  readonly closed: (connection: SseCounted, end: SseDisconnected, isTold: boolean) => void
}

/** A connection as its port sees it. */
export interface SseCounted {
  counters(): SseConnectionCounters
}

/** Ends of a client that no reader has taken: it is told to come again. */
const UNREAD: readonly SseEnd[] = ['reader-gone', 'reader-too-slow']

class Connection implements SseCounted {
  readonly #parts: SseConnectionParts
  readonly #context: ProcessContext
  readonly #delivery: Delivery<typeof SseReader>
  readonly #stream: SseStream
  readonly #leaveSeat: () => void
  readonly #request: SseRequest
  #end: SseEnd | undefined
  #events = 0
  #refused = 0
  /** Ends when a reader has heard of it. */
  #patience: Timer | undefined
  #isTold = false
  #isReleased = false

  constructor(parts: SseConnectionParts, context: ProcessContext) {
    const { incoming, response, options, seat } = parts
    this.#parts = parts
    this.#context = context
    // A body is not looked at, but unread it would hide that the client has gone.
    incoming.resume()
    this.#request = requestOf(incoming)
    const lastEventId = lastEventIdOf(incoming)
    this.#delivery = new Delivery(context, seat, {
      message: 'connected',
      payload: (again) => ({
        connection: context.self as Pid<typeof SseConnection>,
        request: this.#request,
        lastEventId,
        again,
      }),
    })
    this.#stream = new SseStream(response, options, {
      nowMs: () => context.nowMs(),
      after: (delayMs, run) => context.after(delayMs, run),
      stuck: () => this.end('peer-too-slow'),
      gone: () => this.end('peer-closed'),
    })
    this.#leaveSeat = seat.enter(() => this.#greet())
    parts.opened(this)
    this.#greet()
    const { readerTimeoutMs } = options
    if (!Number.isFinite(readerTimeoutMs)) return
    this.#patience = context.after(readerTimeoutMs, () => this.#refuse())
  }

  counters(): SseConnectionCounters {
    const { queuedBytes, sentBytes, heartbeats } = this.#stream
    return { events: this.#events, heartbeats, sentBytes, queuedBytes, refused: this.#refused }
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { path, remoteAddress } = this.#request
    return { path, remoteAddress, ...this.counters() }
  }

  /** The message `send`. */
  send(given: unknown): unknown {
    try {
      if (!this.#push(this.#encoded('send', given))) this.end('peer-too-slow')
      return undefined
    } catch (refused) {
      return refuseMessage(this.#context, refused)
    }
  }

  /** The request `write`: answered when the kernel has taken the bytes. */
  write(given: unknown): NoReply {
    return answerWrite(this.#context, (replier) => {
      const bytes = this.#encoded('write', given)
      const { length } = bytes
      // When they are never sent the connection ends, which rejects whoever waits.
      const isQueued = this.#push(bytes, () => void replier.reply(length))
      if (!isQueued) replier.reject(this.#writeRefused(length))
    })
  }

  /** The message `close`. */
  close(): void {
    this.end('closed')
  }

  /** Ends it with this word, unless it has one. */
  end(end: SseEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    const { remoteAddress } = this.#request
    stopWith(this.#context, reasonFor(end, { remoteAddress }))
  }

  /** Tells the reader, sends what waits as far as there is time, and closes. */
  async terminate(reason: ExitReason): Promise<void> {
    this.#end ??= reason === 'shutdown' ? 'port-ended' : 'closed'
    const isHopeless = this.#end === 'peer-too-slow' || this.#end === 'peer-closed'
    if (UNREAD.includes(this.#end)) this.#stream.refuse(503)
    const left = isHopeless ? undefined : this.#stream.finish()
    const { closeTimeoutMs } = this.#parts.options
    if (left !== undefined) await Promise.race([left, this.#context.sleep(closeTimeoutMs)])
    // What waits for room is heard before the end only if the port, which goes on, tells the end.
    this.#isTold = !this.#delivery.isGreeting
    const told = this.#delivery.last('disconnected', this.#disconnected())
    this.release()
    await Promise.race([told, this.#context.sleep(closeTimeoutMs)])
  }

  /** Closes at once; what a killed process needs. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#end ??= 'closed'
    this.#leaveSeat()
    this.#stream.destroy()
    this.#parts.closed(this, this.#disconnected(), this.#isTold)
  }

  #encoded(message: string, given: unknown): Uint8Array {
    try {
      return encodeSse(given as SsePush, message)
    } catch (refused) {
      this.#refused += 1
      throw refused
    }
  }

  #push(bytes: Uint8Array, taken?: () => void): boolean {
    if (this.#end === undefined) {
      this.#open()
      if (this.#stream.write(bytes, taken)) {
        this.#events += 1
        return true
      }
    }
    this.#refused += 1
    return false
  }

  #writeRefused(length: number): TroupeError {
    const problem = this.#end === undefined ? 'too much waits to be sent' : 'it has ended'
    return writeRefused(this.#context, length, problem)
  }

  #open(): void {
    this.#stream.open(this.#parts.options.headers ?? {})
  }

  /** Tells the reader of this client, now or when it has time for it. */
  #greet(): void {
    this.#delivery.greet().then(
      (seated) => {
        if (seated === undefined) this.end('reader-gone')
        else if (this.#end === undefined) this.#begin()
      },
      () => this.end('reader-gone'),
    )
  }

  /** It was not taken in time: the client shall not wait for the head of its answer for ever. */
  #refuse(): void {
    this.end(this.#parts.seat.now() === undefined ? 'reader-gone' : 'reader-too-slow')
  }

  #begin(): void {
    this.#patience?.cancel()
    const { retryMs } = this.#parts.options
    const isFirst = !this.#parts.response.headersSent
    this.#open()
    if (isFirst && retryMs !== undefined) this.#stream.write(encodeSse({ retryMs }))
  }

  #disconnected(): SseDisconnected {
    const { queuedBytes } = this.#stream
    const end = this.#end ?? 'closed'
    const connection = this.#context.self as Pid<typeof SseConnection>
    return { connection, end, unsentBytes: queuedBytes }
  }
}

function init(context: ProcessContext, args: readonly unknown[]): Connection {
  const keep = keeping(context)
  if (context.parent !== undefined) context.monitor(context.parent)
  return keep(new Connection(args[0] as SseConnectionParts, context))
}

/** The process of one client; spawned by an SSE port alone. */
export const sseConnection: Spawnable<typeof SseConnection, [parts: SseConnectionParts]> =
  definePort({
    ...connectionBehaviour(SseConnection),
    name: 'sse-connection',
    init,
    handleDown: (connection) => connection.end('port-ended'),
  })
