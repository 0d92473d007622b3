/**
 * client/patience: how long one call waits: until its deadline, its signal, or the client's end.
 *
 * One timer for all attempts of a call. Whoever made it ends it, answered or not.
 */
import type { Cancel, Clock } from 'troupe/registrar'

export type Over = 'deadline' | 'signal' | 'closed' | 'done'

export class Patience {
  readonly startedMs: number
  readonly timeoutMs: number
  readonly #clock: Clock
  readonly #signal: AbortSignal | undefined
  readonly #waiting = new Set<() => void>()
  readonly #aborted = (): void => this.giveUp('signal')
  #over: Over | undefined
  #cancel: Cancel | undefined

  constructor(clock: Clock, timeoutMs: number, signal?: AbortSignal) {
    this.#clock = clock
    this.timeoutMs = timeoutMs
    this.startedMs = clock.nowMs()
    this.#signal = signal
    if (signal?.aborted === true) this.#over = 'signal'
    else if (timeoutMs !== Number.POSITIVE_INFINITY) this.#arm()
    signal?.addEventListener('abort', this.#aborted, { once: true })
  }

  #arm(): void {
    this.#cancel = this.#clock.after(this.leftMs(), () => {
      // A machine's timer may ring early by a fraction, and long waits are cut short.
      if (this.leftMs() > 0) this.#arm()
      else this.giveUp('deadline')
    })
  }

  get over(): Over | undefined {
    return this.#over
  }

  leftMs(): number {
    return Math.max(0, this.startedMs + this.timeoutMs - this.#clock.nowMs())
  }

  spentMs(): number {
    return this.#clock.nowMs() - this.startedMs
  }

  giveUp(over: Over): void {
    if (this.#over !== undefined) return
    this.#over = over
    const waiting = [...this.#waiting]
    this.end()
    for (const run of waiting) run()
  }

  /** Settles with true once the promise has; with false when the time or all patience is over. */
  wait(promise: Promise<unknown>, mostMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const stop = this.within(mostMs, () => resolve(false))
      const settled = (): void => {
        stop()
        resolve(true)
      }
      promise.then(settled, settled)
    })
  }

  /** Settles when the time or all patience is over. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.within(delayMs, resolve)
    })
  }

  /** Runs it once: after the time, or when all patience is over; at once if it is. */
  within(mostMs: number, run: () => void): () => void {
    if (this.#over !== undefined) {
      run()
      return () => {}
    }
    const stop = (): void => {
      cancel?.()
      this.#waiting.delete(ring)
    }
    const ring = (): void => {
      stop()
      run()
    }
    const isTimed = mostMs < this.leftMs()
    const cancel = isTimed ? this.#clock.after(mostMs, ring) : undefined
    this.#waiting.add(ring)
    return stop
  }

  /** Lets go of timer and signal; nobody is told. */
  end(): void {
    this.#cancel?.()
    this.#signal?.removeEventListener('abort', this.#aborted)
    this.#waiting.clear()
  }
}
