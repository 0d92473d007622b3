/**
 * ports/websocket/deadlines: how long one WebSocket connection may wait for what.
 *
 * A peer that is silent is pinged; one that does not answer is dead. Any whole frame is an
 * answer. Bytes that are no whole frame yet buy some time, once: else a peer that sends a byte now
 * and then would live for ever.
 */
import { NEVER, Patience, type PatienceRules, type PatienceVerbs } from '#ports/patience'
import type { CompleteWebSocket } from './connection-options.js'
import type { WebSocketEnd } from './message.js'

/** What it needs of the world. */
export interface DeadlineVerbs extends PatienceVerbs<WebSocketEnd> {
  /** Bytes that came so far, whatever they are. */
  bytesRead(): number
  ping(): void
}

export class Deadlines {
  static readonly #rules: PatienceRules<Deadlines, WebSocketEnd> = {
    dueMs: (deadlines) => deadlines.#dueMs(),
    excuse: (deadlines, nowMs) => deadlines.#excuse(nowMs),
    verdict: (deadlines, nowMs) => deadlines.#verdict(nowMs),
    remind: (deadlines, nowMs) => deadlines.#ping(nowMs),
  }
  readonly #verbs: DeadlineVerbs
  readonly #limits: CompleteWebSocket
  /** When the last whole frame came, and when a message last went either way. */
  #frameMs: number
  #activeMs: number
  /** Since when a ping is unanswered, and what waits is not taken. */
  #pingedMs = NEVER
  #stuckMs = NEVER
  #bytesAtPing = 0
  readonly #patience: Patience<Deadlines, WebSocketEnd>

  constructor(limits: CompleteWebSocket, verbs: DeadlineVerbs) {
    this.#limits = limits
    this.#verbs = verbs
    this.#frameMs = verbs.nowMs()
    this.#activeMs = this.#frameMs
    this.#patience = new Patience(verbs, this, Deadlines.#rules)
  }

  /** It is connected: patience begins. */
  start(): void {
    this.resumed()
    this.#activeMs = this.#frameMs
    this.#patience.moved()
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
    this.#patience.moved()
  }

  /** Something waits to be sent; `isMessage`: a text or bytes. */
  queued(isMessage: boolean): void {
    const nowMs = this.#verbs.nowMs()
    if (isMessage) this.#activeMs = nowMs
    if (this.#stuckMs !== NEVER) return
    this.#stuckMs = nowMs
    this.#patience.moved()
  }

  /** The kernel has taken some; `isEmpty`: all. */
  taken(isEmpty: boolean): void {
    this.#stuckMs = isEmpty ? NEVER : this.#verbs.nowMs()
  }

  stop(): void {
    this.#patience.stop()
  }

  #excuse(nowMs: number): void {
    this.resumed()
    this.#activeMs = nowMs
  }

  #ping(nowMs: number): void {
    if (nowMs < this.#pingDueMs()) return
    this.#pingedMs = nowMs
    this.#bytesAtPing = this.#verbs.bytesRead()
    this.#verbs.ping()
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
