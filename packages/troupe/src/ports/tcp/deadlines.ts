/**
 * ports/tcp/deadlines: how long one connection may wait for what, with one timer for all.
 *
 * It is told what happens and says when patience is over. The timer is armed for the earliest
 * deadline and looks again when it rings, so that a busy connection moves numbers, not timers.
 */
import type { Cancel } from '#base/clock'
import type { CompleteConnection } from './connection-options.js'
import type { TcpEnd } from './message.js'

/** What it needs of the world. */
export interface DeadlineVerbs {
  nowMs(): number
  after(delayMs: number, run: () => void): Cancel
  /** True while the reader has no room: nothing is read then, which is nobody's fault outside. */
  isHeld(): boolean
  /** Patience is over. */
  expired(end: TcpEnd): void
  /** Nothing was sent for a period. */
  keepAlive(bytes: Uint8Array): void
}

const NEVER = Number.POSITIVE_INFINITY

export class Deadlines {
  readonly #verbs: DeadlineVerbs
  readonly #limits: CompleteConnection
  /** When something last came or was sent by somebody; keep-alive bytes are no life of its own. */
  #activeMs: number
  #sentMs: number
  /** Since when a chunk is incomplete, what waits is not taken, the other side has finished. */
  #chunkMs = NEVER
  #stuckMs = NEVER
  #finishedMs = NEVER
  #ringsMs = NEVER
  #cancel: Cancel | undefined
  #isOver = false

  constructor(limits: CompleteConnection, verbs: DeadlineVerbs) {
    this.#limits = limits
    this.#verbs = verbs
    this.#activeMs = verbs.nowMs()
    this.#sentMs = this.#activeMs
    this.#arm(this.#activeMs)
  }

  /** Bytes have come. */
  received(): void {
    this.#activeMs = this.#verbs.nowMs()
  }

  /** Whether part of a chunk waits for the rest; `isNew` when it is another one than before. */
  partial(isPartial: boolean, isNew: boolean): void {
    if (!isPartial) this.#chunkMs = NEVER
    else if (isNew || this.#chunkMs === NEVER) this.#chunkMs = this.#verbs.nowMs()
    this.#rearm()
  }

  /** Bytes wait to be sent; `isOwn` when they are our keep-alive. */
  queued(isOwn: boolean): void {
    this.#sentMs = this.#verbs.nowMs()
    if (!isOwn) this.#activeMs = this.#sentMs
    if (this.#finishedMs !== NEVER) this.#finishedMs = this.#sentMs
    if (this.#stuckMs === NEVER) this.#stuckMs = this.#sentMs
    this.#rearm()
  }

  /** The kernel has taken some; `isEmpty`: all of them. */
  taken(isEmpty: boolean): void {
    const nowMs = this.#verbs.nowMs()
    this.#stuckMs = isEmpty ? NEVER : nowMs
    if (this.#finishedMs !== NEVER) this.#finishedMs = nowMs
    this.#rearm()
  }

  /** The other side has finished sending. */
  finished(): void {
    this.#finishedMs = this.#verbs.nowMs()
    this.#rearm()
  }

  stop(): void {
    this.#isOver = true
    this.#cancel?.()
  }

  #look(): void {
    if (this.#isOver) return
    const nowMs = this.#verbs.nowMs()
    this.#ringsMs = NEVER
    if (this.#verbs.isHeld()) this.#excuse(nowMs)
    const end = this.#verdict(nowMs)
    if (end !== undefined) {
      this.stop()
      this.#verbs.expired(end)
      return
    }
    this.#keepAlive(nowMs)
    this.#arm(nowMs)
  }

  /** The other side gets all its time again. */
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

  #rearm(): void {
    if (this.#dueMs() < this.#ringsMs) this.#arm(this.#verbs.nowMs())
  }

  #arm(nowMs: number): void {
    this.#cancel?.()
    this.#ringsMs = this.#dueMs()
    if (this.#isOver || this.#ringsMs === NEVER) return
    this.#cancel = this.#verbs.after(Math.max(1, this.#ringsMs - nowMs), () => this.#look())
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
