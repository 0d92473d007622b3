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
  custom,
  type ExitReason,
  formatTarget,
  NoReply,
  type ProcessContext,
  type Target,
  TroupeError,
} from '#contract'
import type { Seat } from '#ports/seat'
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

/** The exit reasons of the ends that are no failure. */
const CALM: Readonly<Partial<Record<TcpEnd, ExitReason>>> = Object.freeze({
  'peer-closed': 'normal',
  closed: 'normal',
  'port-ended': 'shutdown',
})

/** Ends after which nothing that waits could still be sent. */
const HOPELESS: readonly TcpEnd[] = ['connection-lost', 'peer-too-slow']

export class Connection {
  readonly #parts: ConnectionParts
  readonly #socket: Socket
  readonly #context: ProcessContext
  readonly #inward: Inward
  readonly #outward: Outward
  readonly #deadlines: Deadlines
  readonly #leaveSeat: () => void
  /** Known once it is connected. */
  #sides: TcpSides | undefined
  /** Something is being handed on; the socket is not read meanwhile. */
  #isBusy = false
  #isGreetingDue = true
  /** Settles when what is being handed on now is. */
  #turn: Promise<void> = Promise.resolve()
  /** The other side has finished sending. */
  #isFinished = false
  #end: TcpEnd | undefined
  #isReleased = false

  constructor(parts: ConnectionParts, context: ProcessContext) {
    const { socket, options, seat } = parts
    this.#parts = parts
    this.#socket = socket
    this.#context = context
    this.#inward = new Inward(context, seat, options.chunking)
    this.#deadlines = new Deadlines(options, {
      nowMs: () => context.nowMs(),
      after: (delayMs, run) => {
        const timer = context.after(delayMs, run)
        return () => timer.cancel()
      },
      isHeld: () => this.#isBusy,
      expired: (end) => this.end(end),
      keepAlive: (bytes) => this.#outward.keepAlive(bytes),
    })
    const parted = { deadlines: this.#deadlines, soon: systemClock.soon }
    this.#outward = new Outward(socket, options, parted)
    this.#leaveSeat = seat.enter(() => this.#greet())
  }

  /** It is connected: tells the reader, and reads from now on. */
  open(sides: TcpSides): void {
    this.#sides = sides
    this.#inward.open(sides)
    this.#listen()
    this.#greet()
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
      if (this.#outward.send(bytesOf('send', given)) || this.#end !== undefined) return undefined
      return this.end('peer-too-slow')
    } catch (refused) {
      if (!TroupeError.is(refused)) throw refused
      return this.#context.refuse('message-refused', refused)
    }
  }

  /** The request `write`: answered when the kernel has taken the bytes. */
  write(given: unknown): NoReply {
    const replier = this.#context.replyLater<number>()
    try {
      const bytes = bytesOf('write', given)
      const { length } = bytes
      // When they are never sent the connection ends, which rejects whoever waits.
      const isQueued = this.#outward.send(bytes, (isSent) => isSent && replier.reply(length))
      if (!isQueued) replier.reject(this.#writeRefused(length))
    } catch (refused) {
      if (!TroupeError.is(refused)) throw refused
      replier.reject(refused)
    }
    return NoReply
  }

  /** Ends it with this word, unless it has one; with the exit reason that goes with it. */
  end(end: TcpEnd, reason: ExitReason = CALM[end] ?? this.#failure(end)): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#deadlines.stop()
    this.#socket.pause()
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
    this.#socket.pause()
    this.#outward.end()
    const { closeTimeoutMs } = this.#parts.options
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
    this.#socket.destroy()
    this.#parts.closed(this, this.#end)
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
      if (!this.#isBusy) this.#rest()
    })
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
  }

  #read(bytes: Buffer): void {
    if (this.#end !== undefined) return
    this.#deadlines.received()
    this.#inward.add(bytes)
    this.#work()
  }

  /** Tells the reader of this connection, now or when it has time for it. */
  #greet(): void {
    this.#isGreetingDue = true
    if (!this.#isBusy) this.#work()
  }

  #work(): void {
    if (this.#end !== undefined || this.#sides === undefined) return
    this.#isBusy = true
    this.#socket.pause()
    this.#turn = this.#handOn().then(
      () => this.#rest(),
      (thrown: unknown) => this.#failed(thrown),
    )
  }

  async #handOn(): Promise<void> {
    const inward = this.#inward
    if (this.#isGreetingDue) {
      this.#isGreetingDue = false
      if (!(await inward.greet())) return this.end('reader-gone')
    }
    const { receivedChunks } = inward.counters
    if (!(await inward.handOn(() => this.#end === undefined))) return this.end('reader-gone')
    if (inward.fault !== undefined) return this.end(inward.fault)
    this.#deadlines.partial(inward.hasPart, inward.counters.receivedChunks > receivedChunks)
  }

  #rest(): void {
    this.#isBusy = false
    if (this.#end !== undefined) return
    if (this.#isGreetingDue) this.#work()
    else if (this.#isFinished) this.#finish()
    else this.#socket.resume()
  }

  /** All was handed on that the other side has sent. */
  #finish(): void {
    if (this.#inward.hasPart) this.end('chunk-truncated')
    else if (this.#parts.options.halfOpenTimeoutMs > 0) this.#deadlines.finished()
    else this.end('peer-closed')
  }

  #failed(thrown: unknown): void {
    this.#isBusy = false
    // Revoked: the port or this process was killed a moment ago. Else it is a fault of ours.
    if (!TroupeError.is(thrown, 'PROCESS_REVOKED')) {
      this.#context.log.error('a TCP connection failed', { problem: String(thrown) })
    }
    this.end('connection-lost')
  }

  async #tellEnd(end: TcpEnd): Promise<void> {
    await this.#turn
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

  /** Its parent has ended: the port that accepted it. */
  #isOrphan(): boolean {
    const { parent } = this.#context
    return parent !== undefined && this.#context.mailboxLength(parent) === undefined
  }

  #failure(end: TcpEnd): ExitReason {
    return custom(end, { remote: this.#sides?.remote })
  }

  #writeRefused(length: number): TroupeError {
    const connection = formatTarget(this.#context.self)
    const problem = this.#end === undefined ? 'too much waits to be sent' : 'it has ended'
    return new TroupeError('WRITE_REFUSED', { connection, length, problem })
  }
}

function bytesOf(message: string, given: unknown): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given)
  if (given instanceof Uint8Array) return given
  throw new TroupeError('MESSAGE_INVALID', { message, problem: 'give text or a Uint8Array' })
}
