/**
 * runtime/timers: all waits of one node in one heap, behind a single timer of the machine.
 *
 * A million timers cost a million small objects and one wake-up at a time.
 *
 * @source ergo-features weaknesses 30
 */
import type { Cancel, Clock } from '#base/clock'
import { Heap, type HeapItem } from '#base/heap'

/** One wait. */
export class Wait implements HeapItem {
  readonly dueMs: number
  readonly order: number
  heapIndex = -1
  readonly run: () => void

  constructor(dueMs: number, order: number, run: () => void) {
    this.dueMs = dueMs
    this.order = order
    this.run = run
  }
}

/** Waits served before the event loop gets a round, when very many are due at once. */
const SERVED_MAX = 10_000

export class Timers {
  readonly #clock: Clock
  readonly #heap = new Heap<Wait>()
  #order = 0
  #armedMs = Number.POSITIVE_INFINITY
  #cancel: Cancel = () => false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#heap.size
  }

  /** Runs `run` after `delayMs`; Infinity waits for ever and takes no place. */
  after(delayMs: number, run: () => void): Wait {
    this.#order += 1
    const wait = new Wait(this.#clock.nowMs() + Math.max(0, delayMs), this.#order, run)
    if (wait.dueMs === Number.POSITIVE_INFINITY) return wait
    this.#heap.push(wait)
    if (wait.dueMs < this.#armedMs) this.#arm(wait.dueMs)
    return wait
  }

  /** Ends a wait; false when it has run or was cancelled. */
  cancel(wait: Wait): boolean {
    const removed = this.#heap.remove(wait)
    if (this.#heap.size === 0) this.#disarm()
    return removed
  }

  /** Forgets all waits: the node has stopped. */
  clear(): void {
    while (this.#heap.pop() !== undefined);
    this.#disarm()
  }

  #disarm(): void {
    this.#cancel()
    this.#armedMs = Number.POSITIVE_INFINITY
  }

  #arm(dueMs: number): void {
    this.#cancel()
    this.#armedMs = dueMs
    this.#cancel = this.#clock.after(dueMs - this.#clock.nowMs(), () => this.#serve())
  }

  #serve(): void {
    this.#armedMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.nowMs()
    try {
      for (let served = 0; served < SERVED_MAX; served += 1) {
        const first = this.#heap.peek()
        // The machine may wake a little early; a wait never runs before its time.
        if (first === undefined || first.dueMs > nowMs) break
        this.#heap.pop()
        first.run()
      }
    } finally {
      // What is thrown here is a fault of Troupe; the other waits go on all the same.
      const next = this.#heap.peek()
      if (next !== undefined && next.dueMs < this.#armedMs) this.#arm(next.dueMs)
    }
  }
}
