/**
 * ports/tcp/connection: one TCP connection in the hands of a process.
 *
 * Whatever comes is cut into chunks and handed on one by one; while the reader has no room, or is
 * being restarted, the socket is not read. Nothing foreign can throw out of a callback of the
 * socket: it ends the connection with a word. Knows nothing of who accepted or opened it.
 *
 * @source ergo-features 13 (TCP server: one meta-process for each connection)
 */
import type { Socket } from 'node:net'
import { systemClock } from '#base/clock'
import {
  type ExitReason,
  type NoReply,
  type ProcessContext,
  type Target,
  TroupeError,
} from '#contract'
import { Ending, type EndingVerbs } from '#ports/ending'
import { Handing, type HandingVerbs } from '#ports/handing'
import type { Seat } from '#ports/seat'
import { answerWrite, refuseMessage, writeRefused } from '#ports/writing'
import type { CompleteConnection } from './connection-options.js'
import { Deadlines } from './deadlines.js'
import { Inward, type TcpSides } from './inward.js'
import type { TcpConnectionCounters, TcpEnd, TcpReader } from './message.js'
import { Outward } from './outward.js'

/** A socket that is connected, and what is known of its two sides. */
export interface TcpAccepted extends TcpSides {
  readonly socket: Socket
}

/** What a connection is made of. */
export interface ConnectionParts {
  /** It may still be connecting; what is sent waits in it. */
  readonly socket: Socket
  readonly options: CompleteConnection
  readonly seat: Seat<typeof TcpReader>
  /** Called once, when nothing more will happen. */
  readonly closed: (connection: Connection, end: TcpEnd) => void
}

/** Ends after which nothing that waits could still be sent. */
const HOPELESS: readonly TcpEnd[] = ['connection-lost', 'peer-too-slow']

export class Connection {
  static readonly #handingVerbs: HandingVerbs<Connection> = {
    isOpen: (connection) => connection.#isOpen() && connection.#sides !== undefined,
    hasMore: () => false,
    pause: (connection) => void connection.#socket.pause(),
    greet: (connection) => connection.#inward.greet(),
    handOn: (connection) => connection.#handOn(),
    rest: (connection) => connection.#rest(),
    end: (connection, end) => connection.end(end),
  }

  static readonly #endingVerbs: EndingVerbs<Connection, TcpEnd> = {
    detail: (connection) => ({ remote: connection.#sides?.remote }),
    closeTimeoutMs: (connection) => connection.#parts.options.closeTimeoutMs,
    halt: (connection) => connection.#halt(),
    finish: (connection, end) => connection.#finish(end),
    release: (connection, end) => connection.#release(end),
  }

  readonly #parts: ConnectionParts
  readonly #socket: Socket
  readonly #context: ProcessContext
  readonly #inward: Inward
  readonly #outward: Outward
  readonly #deadlines: Deadlines
  readonly #handing: Handing<Connection>
  readonly #ending: Ending<Connection, TcpEnd>
  readonly #leaveSeat: () => void
  /** Known once it is connected. */
  #sides: TcpSides | undefined
  /** The other side has finished sending. */
  #isFinished = false

  constructor(parts: ConnectionParts, context: ProcessContext) {
    const { socket, options, seat } = parts
    this.#parts = parts
    this.#socket = socket
    this.#context = context
    this.#inward = new Inward(context, seat, options.chunking)
    this.#handing = new Handing(context, this, Connection.#handingVerbs)
    this.#ending = new Ending(context, this, Connection.#endingVerbs)
    this.#deadlines = new Deadlines(options, {
      nowMs: () => context.nowMs(),
      after: (delayMs, run) => context.after(delayMs, run),
      isHeld: () => this.#handing.isBusy,
      expired: (end) => this.end(end),
      keepAlive: (bytes) => this.#outward.keepAlive(bytes),
    })
    const parted = { deadlines: this.#deadlines, soon: systemClock.soon }
    this.#outward = new Outward(socket, options, parted)
    this.#leaveSeat = seat.enter(() => this.#handing.greet())
  }

  /** It is connected: tells the reader, and reads from now on. */
  open(sides: TcpSides): void {
    this.#sides = sides
    this.#inward.open(sides)
    this.#listen()
    this.#handing.greet()
  }

  counters(): TcpConnectionCounters {
    return { ...this.#inward.counters, ...this.#outward.counters }
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { ...this.#sides, ...this.counters() }
  }

  /** A process has ended that this one monitors. */
  left(target: Target): void {
    this.#parts.seat.left(target)
  }

  /** The message `send`. */
  send(given: unknown): unknown {
    try {
      const isQueued = this.#outward.send(bytesOf('send', given))
      if (!isQueued) this.end('peer-too-slow')
      return undefined
    } catch (refused) {
      return refuseMessage(this.#context, refused)
    }
  }

  /** The request `write`: answered when the kernel has taken the bytes. */
  write(given: unknown): NoReply {
    return answerWrite(this.#context, (replier) => {
      const bytes = bytesOf('write', given)
      const { length } = bytes
      // When they are never sent the connection ends, which rejects whoever waits.
      const isQueued = this.#outward.send(bytes, (isSent) => isSent && replier.reply(length))
      if (!isQueued) replier.reject(this.#writeRefused(length))
    })
  }

  /** The message `close`. */
  close(): void {
    this.end('closed')
  }

  /** Ends it with this word, unless it has one; with the exit reason that goes with it. */
  end(end: TcpEnd, reason?: ExitReason): void {
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
    this.#socket.pause()
  }

  #finish(end: TcpEnd): Promise<unknown> {
    this.#outward.end()
    return Promise.all([this.#tellEnd(end), this.#flushed(end)])
  }

  #release(end: TcpEnd): void {
    this.#deadlines.stop()
    this.#leaveSeat()
    this.#socket.destroy()
    this.#parts.closed(this, end)
  }

  #listen(): void {
    const socket = this.#socket
    const { delay, keepAlivePeriodMs } = this.#parts.options
    socket.setNoDelay(!delay)
    const hasPeriod = Number.isFinite(keepAlivePeriodMs)
    socket.setKeepAlive(hasPeriod, hasPeriod ? keepAlivePeriodMs : 0)
    // Before anybody listens to `data`, or the first bytes would come before the greeting.
    socket.pause()
    socket.on('error', () => this.end('connection-lost'))
    socket.on('close', () => this.end('connection-lost'))
    socket.on('end', () => {
      this.#isFinished = true
      this.#handing.settle()
    })
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
  }

  #read(bytes: Buffer): void {
    if (!this.#isOpen()) return
    this.#deadlines.received()
    this.#inward.add(bytes)
    this.#handing.work()
  }

  async #handOn(): Promise<void> {
    const inward = this.#inward
    const { receivedChunks } = inward.counters
    const isTaken = await inward.handOn(() => this.#isOpen())
    if (!isTaken) return this.end('reader-gone')
    if (inward.fault !== undefined) return this.end(inward.fault)
    this.#deadlines.partial(inward.hasPart, inward.counters.receivedChunks > receivedChunks)
  }

  #rest(): void {
    if (this.#isFinished) this.#finished()
    else this.#socket.resume()
  }

  /** All was handed on that the other side has sent. */
  #finished(): void {
    if (this.#inward.hasPart) this.end('chunk-truncated')
    else if (this.#parts.options.halfOpenTimeoutMs > 0) this.#deadlines.finished()
    else this.end('peer-closed')
  }

  async #tellEnd(end: TcpEnd): Promise<void> {
    await this.#handing.turn
    await this.#inward.tellEnd(end)
  }

  /** Settles when all that waits has gone out, or never will. */
  #flushed(end: TcpEnd): Promise<void> {
    const socket = this.#socket
    if (socket.destroyed || HOPELESS.includes(end)) return Promise.resolve()
    return new Promise((resolve) => {
      socket.once('close', () => resolve())
      // A socket that is closed with bytes unread takes back what it sent before. So what still
      // comes is thrown away until the other side has finished too.
      if (end === 'closed') socket.resume()
      else if (socket.writableFinished) resolve()
      else socket.once('finish', resolve)
    })
  }

  #writeRefused(length: number): TroupeError {
    const problem = this.#isOpen() ? 'too much waits to be sent' : 'it has ended'
    return writeRefused(this.#context, length, problem)
  }
}

function bytesOf(message: string, given: unknown): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given)
  if (given instanceof Uint8Array) return given
  throw new TroupeError('MESSAGE_INVALID', { message, problem: 'give text or a Uint8Array' })
}
