/**
 * network/transport/socket-line: a line over a socket of Node: TCP, TLS or Unix, all the same.
 *
 * Tells its end exactly once, whatever the socket does on the way there. Limit: none of its own;
 * how much may wait is the session's business.
 */
import type { Socket } from 'node:net'
import type { Line, LineTaker } from '#contract'

/** What differs between the kinds of sockets. */
export interface SocketFacts {
  readonly transport: string
  readonly remote: string
  readonly local: string
  readonly channelBinding: Uint8Array | undefined
}

export class SocketLine implements Line {
  readonly transport: string
  readonly remote: string
  readonly local: string
  readonly channelBinding: Uint8Array | undefined
  readonly #socket: Socket
  #taker: LineTaker | undefined = undefined
  #problem: string | undefined = undefined
  #ended = false
  #blocked = false

  constructor(socket: Socket, facts: SocketFacts) {
    this.#socket = socket
    this.transport = facts.transport
    this.remote = facts.remote
    this.local = facts.local
    this.channelBinding = facts.channelBinding
    socket.on('error', (error) => {
      this.#problem ??= error.message
    })
    socket.on('close', () => this.#end())
  }

  get waitingBytes(): number {
    return this.#socket.writableLength
  }

  start(taker: LineTaker): void {
    this.#taker = taker
    if (this.#ended) {
      taker.closed(this.#problem)
      return
    }
    const socket = this.#socket
    socket.on('data', (bytes: Buffer) => {
      if (!this.#ended) taker.data(bytes)
    })
    socket.on('drain', () => {
      this.#blocked = false
      if (!this.#ended) taker.drained()
    })
    socket.resume()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#socket.destroyed || this.#socket.writableEnded) return true
    const hasRoom = this.#socket.write(bytes)
    this.#blocked = !hasRoom
    return hasRoom
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#socket.end()
    // The far end may never close its half; what it still sends is of no interest.
    this.#socket.resume()
    if (!this.#blocked && this.#socket.writableLength === 0) this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#taker?.closed(this.#problem)
  }
}
