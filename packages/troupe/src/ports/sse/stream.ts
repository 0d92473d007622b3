/**
 * ports/sse/stream: the answer to one client that does not end: what waits, and for how long.
 *
 * Counts every byte from being accepted to being taken by the kernel. Knows nothing of events
 * or readers.
 * Limits: `writeQueueBytesMax` bytes that wait, `writeTimeoutMs` in which none is taken.
 */
import type { ServerResponse } from 'node:http'
import { HEARTBEAT } from './encode.js'

/** What a stream needs of its process. */
export interface StreamVerbs {
  nowMs(): number
  after(delayMs: number, run: () => void): { cancel(): boolean }
  /** The client took nothing for too long. */
  stuck(): void
  /** The client has gone away. */
  gone(): void
}

export interface StreamLimits {
  readonly heartbeatMs: number
  readonly writeQueueBytesMax: number
  readonly writeTimeoutMs: number
}

export class SseStream {
  readonly #response: ServerResponse
  readonly #limits: StreamLimits
  readonly #verbs: StreamVerbs
  /** When something was last written, and since when nothing was taken of what waits. */
  #writtenMs: number
  #stuckMs: number
  #watch: { cancel(): boolean } | undefined
  #beat: { cancel(): boolean } | undefined
  #isOver = false
  queuedBytes = 0
  sentBytes = 0
  heartbeats = 0

  constructor(response: ServerResponse, limits: StreamLimits, verbs: StreamVerbs) {
    this.#response = response
    this.#limits = limits
    this.#verbs = verbs
    this.#writtenMs = verbs.nowMs()
    this.#stuckMs = this.#writtenMs
    response.on('error', () => {
      // The close that follows tells all there is to tell.
    })
    response.once('close', () => {
      this.#stop()
      verbs.gone()
    })
  }

  /** Begins the answer: the client sees that it is connected. */
  open(headers: Readonly<Record<string, string>>): void {
    if (this.#isOver || this.#response.headersSent || this.#response.destroyed) return
    this.#response.writeHead(200, {
      'cache-control': 'no-cache, no-transform',
      // A proxy that collects bytes would hold events back.
      'x-accel-buffering': 'no',
      ...headers,
      'content-type': 'text/event-stream',
    })
    this.#response.flushHeaders()
    this.#armBeat()
  }

  /** Refuses the client before its stream has begun. */
  refuse(status: number): void {
    if (this.#response.headersSent || this.#response.destroyed) return
    this.#response.writeHead(status, { 'retry-after': '1', 'content-length': 0 }).end()
  }

  /** Queues bytes; false when they do not fit. `taken` is called once the kernel has them. */
  write(bytes: Uint8Array, taken?: () => void): boolean {
    const { length } = bytes
    const fits =
      this.queuedBytes === 0 || this.queuedBytes + length <= this.#limits.writeQueueBytesMax
    if (this.#isOver || this.#response.destroyed || !fits) return false
    this.#writtenMs = this.#verbs.nowMs()
    if (this.queuedBytes === 0) this.#stuckMs = this.#writtenMs
    this.queuedBytes += length
    this.#response.write(bytes, (error) => {
      if (error instanceof Error) return
      this.#taken(length)
      taken?.()
    })
    this.#armWatch()
    return true
  }

  /** Ends the answer in order; settles when all has gone out, or never will. */
  finish(): Promise<void> {
    this.#stop()
    return new Promise((resolve) => {
      if (this.#response.closed || this.#response.destroyed) return resolve()
      this.#response.once('close', () => resolve())
      this.#response.end()
    })
  }

  /** Closes at once. */
  destroy(): void {
    this.#stop()
    this.#response.destroy()
  }

  #taken(length: number): void {
    this.queuedBytes -= length
    this.sentBytes += length
    this.#stuckMs = this.#isOver ? 0 : this.#verbs.nowMs()
    if (this.queuedBytes === 0) {
      this.#watch?.cancel()
      this.#watch = undefined
    }
  }

  #stop(): void {
    this.#isOver = true
    this.#watch?.cancel()
    this.#beat?.cancel()
  }

  /** Looks again when patience would be over; a busy connection moves numbers, not timers. */
  #armWatch(): void {
    const { writeTimeoutMs } = this.#limits
    if (this.#watch !== undefined || writeTimeoutMs === Number.POSITIVE_INFINITY) return
    const leftMs = this.#stuckMs + writeTimeoutMs - this.#verbs.nowMs()
    this.#watch = this.#verbs.after(Math.max(1, leftMs), () => {
      this.#watch = undefined
      if (this.#isOver || this.queuedBytes === 0) return
      if (this.#verbs.nowMs() >= this.#stuckMs + writeTimeoutMs) this.#verbs.stuck()
      else this.#armWatch()
    })
  }

  #armBeat(): void {
    const { heartbeatMs } = this.#limits
    if (this.#isOver || heartbeatMs === Number.POSITIVE_INFINITY) return
    const leftMs = this.#writtenMs + heartbeatMs - this.#verbs.nowMs()
    this.#beat = this.#verbs.after(Math.max(1, leftMs), () => {
      const isDue = this.#verbs.nowMs() >= this.#writtenMs + heartbeatMs
      // Behind what is stuck it would only wait too.
      if (isDue && this.queuedBytes === 0 && this.write(HEARTBEAT)) this.heartbeats += 1
      else if (isDue) this.#writtenMs = this.#verbs.nowMs()
      this.#armBeat()
    })
  }
}
