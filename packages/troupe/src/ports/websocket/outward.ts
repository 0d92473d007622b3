/**
 * ports/websocket/outward: what one connection sends, and how much of it may wait.
 *
 * What is given before it is connected waits here. Knows nothing of processes; what waits too long
 * is the business of `Deadlines`. Limit: `writeQueueBytesMax`.
 */
import type { CompleteWebSocket } from './connection-options.js'
import type { Deadlines } from './deadlines.js'
import { FRAME_BYTES, type Frame } from './frame.js'
import type { Line, Taken } from './library.js'

const NOBODY: Taken = () => {}

export class Outward {
  readonly #limits: CompleteWebSocket
  readonly #deadlines: Deadlines
  readonly counters = {
    sentMessages: 0,
    sentBytes: 0,
    queuedMessages: 0,
    queuedBytes: 0,
    refusedMessages: 0,
  }
  #line: Line | undefined
  #early: { readonly frame: Frame; readonly taken: Taken }[] = []
  #isOver = false

  constructor(limits: CompleteWebSocket, deadlines: Deadlines) {
    this.#limits = limits
    this.#deadlines = deadlines
  }

  /** It is connected: sends what waits. */
  open(line: Line): void {
    this.#line = line
    const early = this.#early
    this.#early = []
    for (const { frame, taken } of early) this.#write(line, frame, taken)
  }

  /** Puts one frame into the queue; false when there is no room for it. */
  send(frame: Frame, taken: Taken = NOBODY): boolean {
    const { counters } = this
    const bytes = frame.body.length + FRAME_BYTES
    // One message alone may be larger: that says nothing of how fast the other side is.
    const isFull =
      counters.queuedBytes > 0 && counters.queuedBytes + bytes > this.#limits.writeQueueBytesMax
    if (isFull || this.#isOver) {
      if (isMessage(frame)) counters.refusedMessages += 1
      return false
    }
    counters.queuedBytes += bytes
    if (isMessage(frame)) counters.queuedMessages += 1
    if (this.#line === undefined) this.#early.push({ frame, taken })
    else this.#write(this.#line, frame, taken)
    return true
  }

  /** Takes nothing more. */
  end(): void {
    this.#isOver = true
  }

  #write(line: Line, frame: Frame, taken: Taken): void {
    this.#deadlines.queued(isMessage(frame))
    line.send(frame, (isSent) => {
      if (isSent) this.#sent(frame)
      taken(isSent)
    })
  }

  #sent(frame: Frame): void {
    const { counters } = this
    counters.queuedBytes -= frame.body.length + FRAME_BYTES
    if (isMessage(frame)) {
      counters.queuedMessages -= 1
      counters.sentMessages += 1
      counters.sentBytes += frame.body.length
    }
    this.#deadlines.taken(counters.queuedBytes === 0)
  }
}

const isMessage = ({ kind }: Frame): boolean => kind === 'text' || kind === 'binary'
