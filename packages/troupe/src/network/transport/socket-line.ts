/**
 * network/transport/socket-line: a line over a socket of node: TCP, TLS or Unix.
 *
 * Copies nothing and keeps nothing of its own: what waits to be sent waits in the socket. After
 * `close` what still arrives is thrown away, so that the far end can end too.
 * Limit: a far end that does not let the line end has `LINGER_MS`; then the line is torn down.
 */
import type { Socket } from 'node:net'
import type { Clock } from '#base/clock'
import type { Line, LineTaker } from '#contract'
import { problemOf } from './problem.js'

/** How long the far end may take to take the rest and end the line, in milliseconds. */
export const LINGER_MS = 5_000

/** Where a socket puts what it reads when it was made with a buffer to be used again. */
export class Inlet {
  line: SocketLine | undefined = undefined

  readonly take = (length: number, buffer: Uint8Array): boolean => {
    this.line?.take(buffer.subarray(0, length))
    return true
  }
}

/** What a line is made of. */
export interface SocketLineParts {
  readonly transport: string
  readonly remote: string
  readonly local: string
  readonly channelBinding?: Uint8Array
  readonly socket: Socket
  readonly clock: Clock
  /** What an end in order means when nothing was ever received; default nothing bad. */
  readonly unheard?: string
  /** Through which the socket reads; without it, by its event `data`. */
  readonly inlet?: Inlet
}

export class SocketLine implements Line {
  readonly transport: string
  readonly remote: string
  readonly local: string
  readonly channelBinding: Uint8Array | undefined
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #hasInlet: boolean
  #taker: LineTaker | undefined = undefined
  /** What the socket complained of before it closed. */
  #problem: string | undefined = undefined
  #unheard: string | undefined
  #isPaused = false
  /** What was written last waits for what follows. */
  #isCorked = false
  #isClosing = false
  #hasEnded = false
  #cancelLinger = (): boolean => false

  /** The socket rests; nothing has been read from it. */
  constructor(parts: SocketLineParts) {
    this.transport = parts.transport
    this.remote = parts.remote
    this.local = parts.local
    this.channelBinding = parts.channelBinding
    this.#socket = parts.socket
    this.#clock = parts.clock
    this.#unheard = parts.unheard
    this.#hasInlet = parts.inlet !== undefined
    if (parts.inlet !== undefined) parts.inlet.line = this
    const socket = parts.socket
    socket.on('error', (error) => {
      this.#problem ??= problemOf(error)
    })
    socket.on('end', () => this.#lingerFrom('the far end has closed it and takes nothing more'))
    socket.on('drain', () => {
      if (!this.#isClosing) this.#taker?.drained()
    })
    socket.once('close', () => this.#ended())
    if (socket.destroyed && socket.closed) this.#hasEnded = true
  }

  get waitingBytes(): number {
    return this.#hasEnded ? 0 : this.#socket.writableLength
  }

  start(taker: LineTaker): void {
    this.#taker = taker
    const socket = this.#socket
    if (this.#hasEnded) {
      // Told later also then: nobody expects an end within the call that begins.
      this.#clock.soon(() => taker.closed(this.#problem))
      return
    }
    // With an inlet that event never comes, unless node has not understood what it was given.
    socket.on('data', (bytes: Buffer) => this.take(bytes))
    if (!this.#isPaused) socket.resume()
  }

  /** What the socket has read. */
  take(bytes: Uint8Array): void {
    this.#unheard = undefined
    if (!this.#isClosing) this.#taker?.data(bytes)
  }

  write(bytes: Uint8Array, isFollowed = false): boolean {
    const socket = this.#socket
    if (this.#isClosing || !socket.writable) return true
    if (isFollowed || this.#isCorked) return this.#writeTogether(bytes, isFollowed)
    // What the system took at once does not wait, however long it was.
    return socket.write(bytes) || socket.writableLength === 0
  }

  #writeTogether(bytes: Uint8Array, isFollowed: boolean): boolean {
    const socket = this.#socket
    if (!this.#isCorked) socket.cork()
    this.#isCorked = isFollowed
    const hasRoom = socket.write(bytes)
    if (isFollowed) return hasRoom
    socket.uncork()
    return hasRoom || socket.writableLength === 0
  }

  pause(): void {
    this.#isPaused = true
    if (!this.#isClosing) this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#taker !== undefined) this.#socket.resume()
  }

  close(): void {
    if (this.#isClosing || this.#hasEnded) return
    this.#isClosing = true
    this.#socket.end()
    // Read on, into nowhere: the end of the far side comes behind whatever it has sent.
    if (this.#taker === undefined && !this.#hasInlet) this.#socket.on('data', () => {})
    this.#socket.resume()
    this.#lingerFrom(`the far end did not let it end within ${LINGER_MS} ms`)
  }

  destroy(): void {
    this.#isClosing = true
    this.#socket.destroy()
  }

  /** Tears the line down when nothing leaves any more: a long rest may take its time. */
  #lingerFrom(problem: string): void {
    this.#cancelLinger()
    if (this.#hasEnded) return
    const socket = this.#socket
    const leftBytes = (): number => socket.bytesWritten - socket.writableLength
    const before = leftBytes()
    this.#cancelLinger = this.#clock.after(LINGER_MS, () => {
      if (leftBytes() > before) this.#lingerFrom(problem)
      else {
        this.#problem ??= problem
        this.#isClosing = true
        socket.destroy()
      }
    })
  }

  #ended(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (!this.#isClosing) this.#problem ??= this.#unheard
    this.#cancelLinger()
    this.#taker?.closed(this.#problem)
  }
}
