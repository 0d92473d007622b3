/**
 * ports/websocket/connection: one WebSocket connection in the hands of a process.
 *
 * Messages are handed on one by one; while the reader has no room, or is being restarted, the
 * socket is not read. Nothing foreign can throw out of a callback of the socket: it ends the
 * connection with a word. Knows nothing of who accepted or opened it.
 *
 * @source ergo-features 13 (WebSocket); RFC 6455, 7 (closing)
 */
import {
  type ExitReason,
  NoReply,
  type ProcessContext,
  type Target,
  type TroupeError,
} from '#contract'
import { Ending, type EndingVerbs } from '#ports/ending'
import { Handing, type HandingVerbs } from '#ports/handing'
import type { Seat } from '#ports/seat'
import { answerWrite, refuseMessage, writeRefused } from '#ports/writing'
import type { CompleteWebSocket } from './connection-options.js'
import { Deadlines } from './deadlines.js'
import { closingOf, type Farewell, type Frame, frameOf } from './frame.js'
import { Inward, type WebSocketSides } from './inward.js'
import type { Line, WebSocketFault } from './library.js'
import type { WebSocketConnectionCounters, WebSocketEnd, WebSocketReader } from './message.js'
import { Outward } from './outward.js'

/** What a connection is made of. */
export interface ConnectionParts {
  readonly limits: CompleteWebSocket
  readonly seat: Seat<typeof WebSocketReader>
  /** Called once, when nothing more will happen. */
  readonly closed: (connection: Connection, end: WebSocketEnd) => void
}

/** What the other side is told; where there is no code, it is told already or not there. */
const CODES: Readonly<Partial<Record<WebSocketEnd, number>>> = Object.freeze({
  closed: 1000,
  'port-ended': 1001,
  'message-too-slow': 1008,
  idle: 1001,
  'message-too-large': 1009,
  'too-many-fragments': 1008,
  'too-much-at-once': 1008,
  'text-invalid': 1007,
  'frame-invalid': 1002,
  'peer-too-slow': 1013,
  'reader-gone': 1013,
})

/** No closing frame came. */
const ABNORMAL = 1006

export class Connection {
  static readonly #handingVerbs: HandingVerbs<Connection> = {
    isOpen: (connection) => connection.#isOpen() && connection.#line !== undefined,
    hasMore: (connection) => !connection.#inward.isEmpty,
    pause: (connection) => connection.#line?.pause(),
    greet: (connection) => connection.#inward.greet(),
    handOn: (connection) => connection.#handOn(),
    rest: (connection) => connection.#rest(),
    end: (connection, end) => connection.end(end),
  }

  static readonly #endingVerbs: EndingVerbs<Connection, WebSocketEnd> = {
    detail: (connection) => ({ remote: connection.#sides?.remote }),
    closeTimeoutMs: (connection) => connection.#parts.limits.closeTimeoutMs,
    halt: (connection) => connection.#halt(),
    finish: (connection, end) => connection.#finish(end),
    release: (connection, end) => connection.#release(end),
  }

  readonly #parts: ConnectionParts
  readonly #context: ProcessContext
  readonly #inward: Inward
  readonly #outward: Outward
  readonly #deadlines: Deadlines
  readonly #handing: Handing<Connection>
  readonly #ending: Ending<Connection, WebSocketEnd>
  readonly #leaveSeat: () => void
  #line: Line | undefined
  #sides: WebSocketSides | undefined
  /** What the other side did last, to be told when all before it was handed on. */
  #last: (Farewell & { readonly end: WebSocketEnd }) | undefined
  #isLineClosed = false
  #whenLineClosed: () => void = () => {}
  /** What this side wants to close with, when it was said. */
  #closing: Farewell | undefined

  constructor(parts: ConnectionParts, context: ProcessContext) {
    const { limits, seat } = parts
    this.#parts = parts
    this.#context = context
    this.#inward = new Inward(context, seat, limits)
    this.#handing = new Handing(context, this, Connection.#handingVerbs)
    this.#ending = new Ending(context, this, Connection.#endingVerbs)
    this.#deadlines = new Deadlines(limits, {
      nowMs: () => context.nowMs(),
      after: (delayMs, run) => context.after(delayMs, run),
      isHeld: () => this.#handing.isBusy,
      bytesRead: () => this.#line?.bytesRead ?? 0,
      ping: () => void this.#outward.send({ kind: 'ping', body: Buffer.alloc(0) }),
      expired: (end) => this.end(end),
    })
    this.#outward = new Outward(limits, this.#deadlines)
    this.#leaveSeat = seat.enter(() => this.#handing.greet())
  }

  /** It is connected: tells the reader, sends what waits, and reads from now on. */
  open(line: Line, sides: WebSocketSides): void {
    if (!this.#isOpen()) {
      line.destroy()
      return
    }
    this.#line = line
    this.#sides = sides
    this.#inward.open(sides)
    this.#deadlines.start()
    line.listen({
      received: (kind, body) => this.#received({ kind, body }),
      faulty: (fault) => this.#faulty(fault),
      closed: (code, reason) => this.#lineClosed(code, reason),
    })
    this.#outward.open(line)
    this.#handing.greet()
  }

  counters(): WebSocketConnectionCounters {
    return { ...this.#inward.counters, ...this.#outward.counters }
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { url, protocol, remote } = this.#sides ?? {}
    return { url, protocol, remote, ...this.counters() }
  }

  /** A process has ended that this one monitors. */
  left(target: Target): void {
    this.#parts.seat.left(target)
  }

  /** The message `send`. */
  send(given: unknown): unknown {
    const frame = this.#checked(() => frameOf('send', given))
    if (frame === undefined) return NoReply
    if (frame.kind === 'close') return this.#close(frame)
    if (!this.#outward.send(frame)) this.end('peer-too-slow')
    return undefined
  }

  /** The message `close`. */
  close(given: unknown): unknown {
    const frame = this.#checked(() => closingOf('close', given))
    return frame === undefined ? NoReply : this.#close(frame)
  }

  /** The request `write`: answered when the kernel has taken the bytes. */
  write(given: unknown): NoReply {
    return answerWrite(this.#context, (replier) => {
      const frame = this.#counted(() => frameOf('write', given))
      if (frame.kind === 'close') {
        replier.reply(0)
        this.#close(frame)
        return
      }
      const { length } = frame.body
      // When they are never sent the connection ends, which rejects whoever waits.
      const isQueued = this.#outward.send(frame, (isSent) => isSent && replier.reply(length))
      if (!isQueued) replier.reject(this.#writeRefused(length))
    })
  }

  /** Ends it with this word, unless it has one; with the exit reason that goes with it. */
  end(end: WebSocketEnd, reason?: ExitReason): void {
    this.#ending.end(end, reason)
  }

  /** Tells the reader, sends what waits as far as there is time, and closes. */
  terminate(): Promise<void> {
    return this.#ending.terminate()
  }

  /** Closes at once; what a killed process needs. */
  release(): void {
    this.#ending.release()
  }

  #isOpen(): boolean {
    return this.#ending.word === undefined
  }

  #halt(): void {
    this.#deadlines.stop()
    this.#outward.end()
  }

  #finish(end: WebSocketEnd): Promise<unknown> {
    return Promise.all([this.#tellEnd(end), this.#flushed(end)])
  }

  #release(end: WebSocketEnd): void {
    this.#deadlines.stop()
    this.#leaveSeat()
    this.#line?.destroy()
    this.#parts.closed(this, end)
  }

  #received(frame: Frame): void {
    if (!this.#isOpen()) {
      this.#inward.miss(frame)
      return
    }
    const { kind, body } = frame
    const hasRoom = this.#inward.add(frame)
    this.#deadlines.received(kind === 'text' || kind === 'binary')
    // Answers wait like all else, so that a flood of pings cannot fill the memory with them.
    const isTooSlow = kind === 'ping' && !this.#outward.send({ kind: 'pong', body })
    if (!hasRoom) this.end('too-much-at-once')
    else if (isTooSlow) this.end('peer-too-slow')
    else if (!this.#handing.isBusy && !this.#inward.isEmpty) this.#handing.work()
  }

  /** What came before the fault is handed on first. */
  #faulty(fault: WebSocketFault): void {
    this.#last ??= { end: fault, code: CODES[fault] ?? ABNORMAL, reason: '' }
    this.#handing.settle()
  }

  #lineClosed(code: number, reason: string): void {
    this.#isLineClosed = true
    this.#last ??= { end: code === ABNORMAL ? 'connection-lost' : 'peer-closed', code, reason }
    this.#whenLineClosed()
    this.#handing.settle()
  }

  async #handOn(): Promise<void> {
    const isTaken = await this.#inward.handOn(() => this.#isOpen())
    if (!isTaken) this.end('reader-gone')
  }

  #rest(): void {
    if (this.#last !== undefined) this.end(this.#last.end)
    else {
      this.#deadlines.resumed()
      this.#line?.resume()
    }
  }

  #close(frame: Farewell): undefined {
    if (this.#isOpen()) this.#closing = frame
    this.end('closed')
    return undefined
  }

  async #tellEnd(end: WebSocketEnd): Promise<void> {
    await this.#handing.turn
    const { code, reason } = this.#farewell(end)
    await this.#inward.tellEnd({ end, code, reason })
  }

  /** The closing frame of this end, theirs or ours. */
  #farewell(end: WebSocketEnd): Farewell {
    if (this.#last?.end === end) return this.#last
    if (end === 'closed' && this.#closing !== undefined) return this.#closing
    return { code: CODES[end] ?? ABNORMAL, reason: '' }
  }

  /** Settles when the closing frames have gone both ways, or never will. */
  #flushed(end: WebSocketEnd): Promise<void> {
    const line = this.#line
    const isSilent = CODES[end] === undefined
    if (line === undefined || this.#isLineClosed || isSilent) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenLineClosed = resolve
      line.close(this.#farewell(end))
      // Its closing frame lies behind what it has sent before.
      line.resume()
    })
  }

  /** What `check` gives; what it refuses is counted. */
  #counted<T>(check: () => T): T {
    try {
      return check()
    } catch (refused) {
      this.#outward.counters.refusedMessages += 1
      throw refused
    }
  }

  #checked<T>(check: () => T): T | undefined {
    try {
      return this.#counted(check)
    } catch (refused) {
      refuseMessage(this.#context, refused)
      return undefined
    }
  }

  #writeRefused(length: number): TroupeError {
    const problem = this.#isOpen() ? 'too much waits to be sent' : 'it has ended'
    return writeRefused(this.#context, length, problem)
  }
}
