/**
 * ports/sse/connection: one client of an SSE port, in the hands of a process.
 *
 * Whoever has its pid can push to it, watch it or end it. Nothing foreign can throw out of a
 * callback of its socket. A reader that was restarted is told of it again.
 *
 * @source ergo-features 13 (SSE)
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Behaviour,
  behaviourOf,
  custom,
  type Down,
  type ExitReason,
  formatTarget,
  NoReply,
  type Pid,
  type ProcessContext,
  type Spawnable,
  type Timer,
  TroupeError,
} from '#contract'
import { Delivery } from '#ports/delivery'
import type { Seat } from '#ports/seat'
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

const CALM: Readonly<Partial<Record<SseEnd, ExitReason>>> = Object.freeze({
  'peer-closed': 'normal',
  closed: 'normal',
  'port-ended': 'shutdown',
})

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
  send(given: SsePush): unknown {
    try {
      if (this.#push(encodeSse(given))) return undefined
      this.end('peer-too-slow')
      return undefined
    } catch (refused) {
      this.#refused += 1
      if (!TroupeError.is(refused)) throw refused
      return this.#context.refuse('message-refused', refused)
    }
  }

  /** The request `write`: answered when the kernel has taken the bytes. */
  write(given: SsePush): NoReply {
    const replier = this.#context.replyLater<number>()
    try {
      const bytes = encodeSse(given, 'write')
      const { length } = bytes
      // When they are never sent the connection ends, which rejects whoever waits.
      const isQueued = this.#push(bytes, () => void replier.reply(length))
      if (!isQueued) replier.reject(this.#writeRefused(length))
    } catch (refused) {
      this.#refused += 1
      if (!TroupeError.is(refused)) throw refused
      replier.reject(refused)
    }
    return NoReply
  }

  /** Ends it with this word, unless it has one. */
  end(end: SseEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    try {
      const { remoteAddress } = this.#request
      this.#context.stop(CALM[end] ?? custom(end, { remoteAddress }))
    } catch {
      // It was killed a moment ago.
    }
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
    const connection = formatTarget(this.#context.self)
    const problem = this.#end === undefined ? 'too much waits to be sent' : 'it has ended'
    return new TroupeError('WRITE_REFUSED', { connection, length, problem })
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
  const ended = context.ended(context.self)
  if (context.parent !== undefined) context.monitor(context.parent)
  const connection = new Connection(args[0] as SseConnectionParts, context)
  // A killed process has no terminate, yet its client must not wait for ever.
  void ended.then(() => connection.release())
  return connection
}

const behaviour: Behaviour<Connection> = Object.freeze({
  name: 'sse-connection',
  kind: 'port' as const,
  protocol: SseConnection,
  messages: new Map([
    ['send', (connection: Connection, given: unknown) => connection.send(given as SsePush)],
    ['close', (connection: Connection) => connection.end('closed')],
  ]),
  requests: new Map<string, (connection: Connection, given: unknown) => unknown>([
    ['write', (connection, given) => connection.write(given as SsePush)],
    ['counters', (connection) => connection.counters()],
  ]),
  options: Object.freeze({}),
  init,
  terminate: (connection: Connection, reason: ExitReason) => connection.terminate(reason),
  handleDown: (connection: Connection, _down: Down) => connection.end('port-ended'),
  inspect: (connection: Connection) => connection.inspect(),
})

/** The process of one client; spawned by an SSE port alone. */
export const sseConnection: Spawnable<typeof SseConnection, [parts: SseConnectionParts]> =
  Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never> })
