/**
 * ports/tcp/deadlines: how long one TCP connection may wait for what.
 *
 * It is told what happens and says when patience is over.
 */
import { NEVER, Patience, type PatienceRules, type PatienceVerbs } from '#ports/patience'
import type { CompleteConnection } from './connection-options.js'
import type { TcpEnd } from './message.js'

/** What it needs of the world. */
export interface DeadlineVerbs extends PatienceVerbs<TcpEnd> {
  /** Nothing was sent for a period. */
  keepAlive(bytes: Uint8Array): void
}

export class Deadlines {
  static readonly #rules: PatienceRules<Deadlines, TcpEnd> = {
    dueMs: (deadlines) => deadlines.#dueMs(),
    excuse: (deadlines, nowMs) => deadlines.#excuse(nowMs),
    verdict: (deadlines, nowMs) => deadlines.#verdict(nowMs),
    remind: (deadlines, nowMs) => deadlines.#keepAlive(nowMs),
  }
  readonly #verbs: DeadlineVerbs
  readonly #limits: CompleteConnection
  /** When something last came or was sent by somebody; keep-alive bytes are no life of its own. */
  #activeMs: number
  #sentMs: number
  /** Since when a chunk is incomplete, what waits is not taken, the other side has finished. */
  #chunkMs = NEVER
  #stuckMs = NEVER
  #finishedMs = NEVER
  readonly #patience: Patience<Deadlines, TcpEnd>

  constructor(limits: CompleteConnection, verbs: DeadlineVerbs) {
    this.#limits = limits
    this.#verbs = verbs
    this.#activeMs = verbs.nowMs()
    this.#sentMs = this.#activeMs
    this.#patience = new Patience(verbs, this, Deadlines.#rules)
    this.#patience.moved()
  }

  /** Bytes have come. */
  received(): void {
    this.#activeMs = this.#verbs.nowMs()
  }

  /** Whether part of a chunk waits for the rest; `isNew` when it is another one than before. */
  partial(isPartial: boolean, isNew: boolean): void {
    if (!isPartial) this.#chunkMs = NEVER
    else if (isNew || this.#chunkMs === NEVER) this.#chunkMs = this.#verbs.nowMs()
    this.#patience.moved()
  }

  /** Bytes wait to be sent; `isOwn` when they are our keep-alive. */
  queued(isOwn: boolean): void {
    this.#sentMs = this.#verbs.nowMs()
    if (!isOwn) this.#activeMs = this.#sentMs
    if (this.#finishedMs !== NEVER) this.#finishedMs = this.#sentMs
    if (this.#stuckMs === NEVER) this.#stuckMs = this.#sentMs
    this.#patience.moved()
  }

  /** The kernel has taken some; `isEmpty`: all of them. */
  taken(isEmpty: boolean): void {
    const nowMs = this.#verbs.nowMs()
    this.#stuckMs = isEmpty ? NEVER : nowMs
    if (this.#finishedMs !== NEVER) this.#finishedMs = nowMs
    this.#patience.moved()
  }

  /** The other side has finished sending. */
  finished(): void {
    this.#finishedMs = this.#verbs.nowMs()
    this.#patience.moved()
  }

  stop(): void {
    this.#patience.stop()
  }

  #excuse(nowMs: number): void {
    this.#activeMs = nowMs
    if (this.#chunkMs !== NEVER) this.#chunkMs = nowMs
    if (this.#finishedMs !== NEVER) this.#finishedMs = nowMs
  }

  #keepAlive(nowMs: number): void {
    const { keepAlive } = this.#limits
    if (keepAlive === undefined || nowMs < this.#sentMs + keepAlive.periodMs) return
    this.#sentMs = nowMs
    // Behind what is stuck it would only wait too.
    if (this.#stuckMs === NEVER) this.#verbs.keepAlive(keepAlive.bytes)
  }

  #verdict(nowMs: number): TcpEnd | undefined {
    if (nowMs >= this.#stuckDueMs()) return 'peer-too-slow'
    if (nowMs >= this.#chunkDueMs()) return 'chunk-too-slow'
    if (nowMs >= this.#finishedDueMs()) return 'peer-closed'
    return nowMs >= this.#idleDueMs() ? 'idle' : undefined
  }

  #dueMs(): number {
    const { keepAlive } = this.#limits
    const aliveMs = keepAlive === undefined ? NEVER : this.#sentMs + keepAlive.periodMs
    const inwardMs = Math.min(this.#chunkDueMs(), this.#idleDueMs())
    return Math.min(this.#stuckDueMs(), inwardMs, this.#finishedDueMs(), aliveMs)
  }

  #stuckDueMs(): number {
    return this.#stuckMs + this.#limits.writeTimeoutMs
  }

  #chunkDueMs(): number {
    return this.#chunkMs + this.#limits.chunkTimeoutMs
  }

  #finishedDueMs(): number {
    // What waits to be sent has its own limit.
    const isBusy = this.#stuckMs !== NEVER
    return isBusy ? NEVER : this.#finishedMs + this.#limits.halfOpenTimeoutMs
  }

  #idleDueMs(): number {
    return this.#activeMs + this.#limits.idleTimeoutMs
  }
}
