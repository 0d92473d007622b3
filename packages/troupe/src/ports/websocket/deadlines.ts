/**
 * ports/websocket/deadlines: how long one connection may wait for what, with one timer for all.
 *
 * A peer that is silent is pinged; one that does not answer is dead. Any whole frame is an
 * answer. Bytes that are no whole frame yet buy some time, once: else a peer that sends a byte now
 * and then would live for ever. The timer is armed for the earliest deadline and looks again when
 * it rings, so that a busy connection moves numbers, not timers.
 */
import type { Cancel } from '#base/clock'
import type { CompleteWebSocket } from './connection-options.js'
import type { WebSocketEnd } from './message.js'

/** What it needs of the world. */
export interface DeadlineVerbs {
  nowMs(): number
  after(delayMs: number, run: () => void): Cancel
  /** True while the reader has no room: nothing is read then, which is nobody's fault outside. */
  isHeld(): boolean
  /** Bytes that came so far, whatever they are. */
  bytesRead(): number
  ping(): void
  /** Patience is over. */
  expired(end: WebSocketEnd): void
}

const NEVER = Number.POSITIVE_INFINITY

export class Deadlines {
  readonly #verbs: DeadlineVerbs
  readonly #limits: CompleteWebSocket
  /** When the last whole frame came, and when a message last went either way. */
  #frameMs: number
  #activeMs: number
  /** Since when a ping is unanswered, and what waits is not taken. */
  #pingedMs = NEVER
  #stuckMs = NEVER
  #bytesAtPing = 0
  #ringsMs = NEVER
  #cancel: Cancel | undefined
  #isOver = false

  constructor(limits: CompleteWebSocket, verbs: DeadlineVerbs) {
    this.#limits = limits
    this.#verbs = verbs
    this.#frameMs = verbs.nowMs()
    this.#activeMs = this.#frameMs
  }

  /** It is connected: patience begins. */
  start(): void {
    this.resumed()
    this.#activeMs = this.#frameMs
    this.#arm(this.#frameMs)
  }

  /** A whole frame has come; `isMessage`: a text or bytes. */
  received(isMessage: boolean): void {
    this.resumed()
    if (isMessage) this.#activeMs = this.#frameMs
  }

  /** It is read again: the other side gets all its time from now on. */
  resumed(): void {
    this.#frameMs = this.#verbs.nowMs()
    if (this.#pingedMs === NEVER) return
    this.#pingedMs = NEVER
    // The next ping may be due before the answer to this one was.
    if (this.#dueMs() < this.#ringsMs) this.#arm(this.#frameMs)
  }

  /** Something waits to be sent; `isMessage`: a text or bytes. */
  queued(isMessage: boolean): void {
    const nowMs = this.#verbs.nowMs()
    if (isMessage) this.#activeMs = nowMs
    if (this.#stuckMs !== NEVER) return
    this.#stuckMs = nowMs
    if (this.#stuckDueMs() < this.#ringsMs) this.#arm(nowMs)
  }

  /** The kernel has taken some; `isEmpty`: all. */
  taken(isEmpty: boolean): void {
    this.#stuckMs = isEmpty ? NEVER : this.#verbs.nowMs()
  }

  stop(): void {
    this.#isOver = true
    this.#cancel?.()
  }

  #look(): void {
    if (this.#isOver) return
    const nowMs = this.#verbs.nowMs()
    this.#ringsMs = NEVER
    if (this.#verbs.isHeld()) {
      this.resumed()
      this.#activeMs = nowMs
    }
    const end = this.#verdict(nowMs)
    if (end !== undefined) {
      this.stop()
      this.#verbs.expired(end)
      return
    }
    if (nowMs >= this.#pingDueMs()) this.#ping(nowMs)
    this.#arm(nowMs)
  }

  #ping(nowMs: number): void {
    this.#pingedMs = nowMs
    this.#bytesAtPing = this.#verbs.bytesRead()
    this.#verbs.ping()
  }

  #arm(nowMs: number): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#ringsMs = this.#dueMs()
    if (this.#isOver || this.#ringsMs === NEVER) return
    this.#cancel = this.#verbs.after(Math.max(1, this.#ringsMs - nowMs), () => this.#look())
  }

  #verdict(nowMs: number): WebSocketEnd | undefined {
    if (nowMs >= this.#stuckDueMs()) return 'peer-too-slow'
    if (nowMs >= this.#pongDueMs()) return this.#isReceiving() ? 'message-too-slow' : 'peer-silent'
    return nowMs >= this.#activeMs + this.#limits.idleTimeoutMs ? 'idle' : undefined
  }

  #dueMs(): number {
    const idleMs = this.#activeMs + this.#limits.idleTimeoutMs
    return Math.min(this.#stuckDueMs(), this.#pongDueMs(), this.#pingDueMs(), idleMs)
  }

  #stuckDueMs(): number {
    return this.#stuckMs + this.#limits.writeTimeoutMs
  }

  #pingDueMs(): number {
    return this.#pingedMs === NEVER ? this.#frameMs + this.#limits.pingIntervalMs : NEVER
  }

  #pongDueMs(): number {
    const { pongTimeoutMs, messageTimeoutMs } = this.#limits
    return this.#pingedMs + (this.#isReceiving() ? messageTimeoutMs : pongTimeoutMs)
  }

  /** Bytes came since the ping. */
  #isReceiving(): boolean {
    return this.#pingedMs !== NEVER && this.#verbs.bytesRead() > this.#bytesAtPing
  }
}
