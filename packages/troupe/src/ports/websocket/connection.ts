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
  custom,
  type ExitReason,
  formatTarget,
  NoReply,
  type ProcessContext,
  TroupeError,
} from '#contract'
import type { Seat } from '#ports/seat'
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

/** The exit reasons of the ends that are no failure. */
const CALM: Readonly<Partial<Record<WebSocketEnd, ExitReason>>> = Object.freeze({
  'peer-closed': 'normal',
  closed: 'normal',
  'port-ended': 'shutdown',
})

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
  readonly #parts: ConnectionParts
  readonly #context: ProcessContext
  readonly #inward: Inward
  readonly #outward: Outward
  readonly #deadlines: Deadlines
  readonly #leaveSeat: () => void
  #line: Line | undefined
  #sides: WebSocketSides | undefined
  /** Something is being handed on; the socket is not read meanwhile. */
  #isBusy = false
  #isGreetingDue = true
  /** Settles when what is being handed on now is. */
  #turn: Promise<void> = Promise.resolve()
  /** What the other side did last, to be told when all before it was handed on. */
  #last: (Farewell & { readonly end: WebSocketEnd }) | undefined
  #isLineClosed = false
  #whenLineClosed: () => void = () => {}
  #end: WebSocketEnd | undefined
  /** What this side wants to close with, when it was said. */
  #closing: Farewell | undefined
  #isReleased = false

  constructor(parts: ConnectionParts, context: ProcessContext) {
    const { limits, seat } = parts
    this.#parts = parts
    this.#context = context
    this.#inward = new Inward(context, seat, limits)
    this.#deadlines = new Deadlines(limits, {
      nowMs: () => context.nowMs(),
      after: (delayMs, run) => {
        const timer = context.after(delayMs, run)
        return () => timer.cancel()
      },
      isHeld: () => this.#isBusy,
      bytesRead: () => this.#line?.bytesRead ?? 0,
      ping: () => void this.#outward.send({ kind: 'ping', body: Buffer.alloc(0) }),
      expired: (end) => this.end(end),
    })
    this.#outward = new Outward(limits, this.#deadlines)
    this.#leaveSeat = seat.enter(() => this.#greet())
  }

  /** It is connected: tells the reader, sends what waits, and reads from now on. */
  open(line: Line, sides: WebSocketSides): void {
    if (this.#end !== undefined) {
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
    this.#greet()
  }

  counters(): WebSocketConnectionCounters {
    return { ...this.#inward.counters, ...this.#outward.counters }
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { url, protocol, remote } = this.#sides ?? {}
    return { url, protocol, remote, ...this.counters() }
  }

  /** The message `send`. */
  send(given: unknown): unknown {
    const frame = this.#checked('send', given, frameOf)
    if (frame === undefined) return NoReply
    if (frame.kind === 'close') return this.#close(frame)
    if (!this.#outward.send(frame)) this.end('peer-too-slow')
    return undefined
  }

  /** The message `close`. */
  close(given: unknown): unknown {
    const frame = this.#checked('close', given, closingOf)
    return frame === undefined ? NoReply : this.#close(frame)
  }

  /** The request `write`: answered when the kernel has taken the bytes. */
  write(given: unknown): NoReply {
    const replier = this.#context.replyLater<number>()
    try {
      const frame = frameOf('write', given)
      if (frame.kind === 'close') {
        replier.reply(0)
        this.#close(frame)
        return NoReply
      }
      const { length } = frame.body
      // When they are never sent the connection ends, which rejects whoever waits.
      const isQueued = this.#outward.send(frame, (isSent) => isSent && replier.reply(length))
      if (!isQueued) replier.reject(this.#writeRefused(length))
    } catch (refused) {
      if (!TroupeError.is(refused)) throw refused
      this.#outward.counters.refusedMessages += 1
      replier.reject(refused)
    }
    return NoReply
  }

  /** Ends it with this word, unless it has one; with the exit reason that goes with it. */
  end(end: WebSocketEnd, reason: ExitReason = CALM[end] ?? this.#failure(end)): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#deadlines.stop()
    this.#outward.end()
    try {
      this.#context.stop(reason)
    } catch {
      // It was killed a moment ago.
    }
  }

  /** Tells the reader, sends what waits as far as there is time, and closes. */
  async terminate(): Promise<void> {
    this.#end ??= this.#isOrphan() ? 'port-ended' : 'closed'
    this.#deadlines.stop()
    this.#outward.end()
    const { closeTimeoutMs } = this.#parts.limits
    const done = Promise.all([this.#tellEnd(this.#end), this.#flushed(this.#end)])
    await Promise.race([done, this.#context.sleep(closeTimeoutMs)])
    this.release()
  }

  /** Closes at once; what a killed process needs. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#end ??= 'closed'
    this.#deadlines.stop()
    this.#leaveSeat()
    this.#line?.destroy()
    this.#parts.closed(this, this.#end)
  }

  #received(frame: Frame): void {
    if (this.#end !== undefined) {
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
    else if (!this.#isBusy && !this.#inward.isEmpty) this.#work()
  }

  /** What came before the fault is handed on first. */
  #faulty(fault: WebSocketFault): void {
    this.#last ??= { end: fault, code: CODES[fault] ?? ABNORMAL, reason: '' }
    if (!this.#isBusy) this.#rest()
  }

  #lineClosed(code: number, reason: string): void {
    this.#isLineClosed = true
    this.#last ??= { end: code === ABNORMAL ? 'connection-lost' : 'peer-closed', code, reason }
    this.#whenLineClosed()
    if (!this.#isBusy) this.#rest()
  }

  /** Tells the reader of this connection, now or when it has time for it. */
  #greet(): void {
    this.#isGreetingDue = true
    if (!this.#isBusy) this.#work()
  }

  #work(): void {
    const line = this.#line
    if (this.#end !== undefined || line === undefined) return
    this.#isBusy = true
    line.pause()
    this.#turn = this.#handOn().then(
      () => this.#rest(),
      (thrown: unknown) => this.#failed(thrown),
    )
  }

  async #handOn(): Promise<void> {
    if (this.#isGreetingDue) {
      this.#isGreetingDue = false
      if (!(await this.#inward.greet())) return this.end('reader-gone')
    }
    const isGone = !(await this.#inward.handOn(() => this.#end === undefined))
    if (isGone) this.end('reader-gone')
  }

  #rest(): void {
    this.#isBusy = false
    if (this.#end !== undefined) return
    if (this.#isGreetingDue || !this.#inward.isEmpty) this.#work()
    else if (this.#last !== undefined) this.end(this.#last.end)
    else {
      this.#deadlines.resumed()
      this.#line?.resume()
    }
  }

  #failed(thrown: unknown): void {
    this.#isBusy = false
    // Revoked: the port or this process was killed a moment ago. Else it is a fault of ours.
    if (!TroupeError.is(thrown, 'PROCESS_REVOKED')) {
      this.#context.log.error('a WebSocket connection failed', { problem: String(thrown) })
    }
    this.end('connection-lost')
  }

  #close(frame: Farewell): undefined {
    if (this.#end === undefined) this.#closing = frame
    this.end('closed')
    return undefined
  }

  async #tellEnd(end: WebSocketEnd): Promise<void> {
    await this.#turn
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

  #checked<T>(
    message: string,
    given: unknown,
    check: (message: string, given: unknown) => T,
  ): T | undefined {
    try {
      return check(message, given)
    } catch (refused) {
      if (!TroupeError.is(refused)) throw refused
      this.#outward.counters.refusedMessages += 1
      this.#context.refuse('message-refused', refused)
      return undefined
    }
  }

  /** Its parent has ended: the port that accepted it. */
  #isOrphan(): boolean {
    const { parent } = this.#context
    return parent !== undefined && this.#context.mailboxLength(parent) === undefined
  }

  #failure(end: WebSocketEnd): ExitReason {
    return custom(end, { remote: this.#sides?.remote })
  }

  #writeRefused(length: number): TroupeError {
    const connection = formatTarget(this.#context.self)
    const problem = this.#end === undefined ? 'too much waits to be sent' : 'it has ended'
    return new TroupeError('WRITE_REFUSED', { connection, length, problem })
  }
}
