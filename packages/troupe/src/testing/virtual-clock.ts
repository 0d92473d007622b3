/**
 * testing/virtual-clock: time that stands still until a test moves it.
 *
 * Knows nothing of nodes; it is a `Clock` like any other. Timers run only inside `advance` and
 * `until`, each at its own time. Microtasks and `later` tasks run by themselves, so that an
 * `await node.call(...)` in a test needs no help as long as no time has to pass.
 * Limit: it cannot see work outside of this program (files, sockets, real timers).
 *
 * @source design 9; OTP has none: the weakness 28 of ergo-features
 */
import { AssertionError } from 'node:assert'
import type { Cancel, Clock } from '#base/clock'
import { Heap, type HeapItem } from '#base/heap'
import { requireOption, TroupeError } from '#contract'

/** How a virtual clock starts. */
export interface VirtualClockOptions {
  /** Wall clock at the start, in milliseconds since 1970; default 2025-01-01T00:00:00Z. */
  readonly startWallMs?: number
  /** Most turns of the event loop that one settling may take; default 100,000. */
  readonly turnsMax?: number
}

/** What the options of a virtual clock leave open. */
export const VIRTUAL_CLOCK_DEFAULTS: Required<VirtualClockOptions> = Object.freeze({
  startWallMs: Date.UTC(2025, 0, 1),
  turnsMax: 100_000,
})

/** A clock that a test moves. Made by `virtualClock`. */
export interface VirtualClock extends Clock {
  /**
   * Lets `ms` pass: everything settles, then each timer that falls due runs at its own time
   * (ties in the order they were made), and after each everything settles again.
   *
   * Rejects with NOT_ALLOWED while another advance runs, with what a timer threw, and with an
   * AssertionError when the program never settles.
   */
  advance(ms: number): Promise<void>
  /** Lets everything run that needs no time to pass. Rejects like `advance`. */
  settle(): Promise<void>
  /**
   * Lets as much time pass as `promise` needs, from timer to timer, and gives its value.
   *
   * Rejects with what it rejects with; with an AssertionError when nothing is left that could
   * settle it, or when `limitMs` (default one day) has passed.
   *
   * @example const answer = await clock.until(node.call(slow, 'value'))
   */
  until<T>(promise: Promise<T>, options?: { readonly limitMs?: number }): Promise<T>
  /** Moves the wall clock alone, forwards or backwards: what an operator or NTP may do. */
  jumpWall(ms: number): void
  /** Timers that wait. */
  pending(): number
}

/** Microtasks that one turn may run before the clock lets the event loop turn in between. */
const SOON_PER_TURN_MAX = 10_000
/** So many timers may be due at one instant for each turn that a settling may take. */
const TIMERS_PER_TURN = 10
/** So many microtasks weigh as much as one turn when a settling is bounded. */
const SOON_PER_WEIGHT = 10
const DAY_MS = 86_400_000

/** Kept from before a test runner may put a fake in its place. */
const nextTurn = setImmediate

interface VirtualTimer extends HeapItem {
  readonly run: () => void
}

/**
 * Makes a clock that stands still until the test moves it.
 *
 * @example
 * const clock = virtualClock()
 * clock.after(100, () => console.log('due'))
 * await clock.advance(100)
 * @source "sinon fake timers" for the idea; the settling rule is ours
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { startWallMs, turnsMax } = { ...VIRTUAL_CLOCK_DEFAULTS, ...options }
  requireOption(Number.isFinite(startWallMs), 'startWallMs', startWallMs, 'give milliseconds')
  requireOption(turnsMax > 0, 'turnsMax', turnsMax, 'give a number above 0')
  return new Virtual(startWallMs, turnsMax)
}

class Virtual implements VirtualClock {
  readonly #timers = new Heap<VirtualTimer>()
  readonly #turnsMax: number
  #nowMs = 0
  #wallMinusNowMs: number
  #order = 0
  #laterWaiting = 0
  #soonThisTurn = 0
  #soonSinceSettle = 0
  /** Timers that have run without time passing in between. */
  #runsAtOnce = 0
  #advancing = false

  constructor(startWallMs: number, turnsMax: number) {
    this.#wallMinusNowMs = startWallMs
    this.#turnsMax = turnsMax
  }

  // Arrow properties, because the runtime may hold a verb of its clock without the clock.
  readonly nowMs = (): number => this.#nowMs
  readonly wallMs = (): number => this.#wallMinusNowMs + this.#nowMs
  readonly pending = (): number => this.#timers.size

  readonly jumpWall = (ms: number): void => {
    requireOption(Number.isFinite(ms), 'ms', ms, 'give milliseconds')
    this.#wallMinusNowMs += ms
  }

  readonly after = (delayMs: number, run: () => void): Cancel => {
    // As the machine does it: a delay that is no number, or below 0, means as soon as possible.
    const dueMs = this.#nowMs + Math.max(delayMs || 0, 0)
    this.#order += 1
    const timer: VirtualTimer = { dueMs, order: this.#order, heapIndex: -1, run }
    this.#timers.push(timer)
    return () => this.#timers.remove(timer)
  }

  readonly soon = (run: () => void): void => {
    this.#soonThisTurn += 1
    this.#soonSinceSettle += 1
    // Microtasks that breed microtasks would hang the test; after many of them the event loop
    // gets a turn, so that `settle` can count it and complain.
    if (this.#soonThisTurn > SOON_PER_TURN_MAX) this.later(run)
    else void Promise.resolve().then(run)
  }

  readonly later = (run: () => void): void => {
    this.#laterWaiting += 1
    nextTurn(() => {
      this.#laterWaiting -= 1
      this.#soonThisTurn = 0
      run()
    })
  }

  readonly settle = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let turns = 0
      this.#soonSinceSettle = 0
      const look = (): void => {
        turns += 1
        this.#soonThisTurn = 0
        const weight = turns + Math.floor(this.#soonSinceSettle / SOON_PER_WEIGHT)
        if (this.#laterWaiting === 0) resolve()
        else if (weight >= this.#turnsMax) reject(neverSettles(weight))
        else nextTurn(look)
      }
      // The one place of the kit that touches the real loop: node runs every microtask, and what
      // these bring forth, before it takes the next immediate. So when this one runs, chains of
      // promises of any depth are through, and only `later` tasks can be left.
      nextTurn(look)
    })

  readonly advance = async (ms: number): Promise<void> => {
    requireOption(ms >= 0 && Number.isFinite(ms), 'ms', ms, 'give milliseconds, 0 or more')
    await this.#alone('advance', async () => {
      const targetMs = this.#nowMs + ms
      await this.settle()
      while (await this.#runNext(targetMs));
      this.#nowMs = targetMs
    })
  }

  readonly until = async <T>(
    promise: Promise<T>,
    { limitMs = DAY_MS }: { readonly limitMs?: number } = {},
  ): Promise<T> => {
    let open = true
    const close = (): void => {
      open = false
    }
    promise.then(close, close)
    await this.#alone('until', async () => {
      const targetMs = this.#nowMs + limitMs
      await this.settle()
      while (open && (await this.#runNext(targetMs)));
      if (open) throw neverDone(this.#timers.size, limitMs)
    })
    return promise
  }

  /** Runs the first timer due up to `targetMs`; false when there is none. */
  async #runNext(targetMs: number): Promise<boolean> {
    const timer = this.#timers.peek()
    if (timer === undefined || timer.dueMs > targetMs) return false
    this.#runsAtOnce = timer.dueMs > this.#nowMs ? 0 : this.#runsAtOnce + 1
    if (this.#runsAtOnce > TIMERS_PER_TURN * this.#turnsMax) throw neverSettles(this.#runsAtOnce)
    this.#timers.pop()
    this.#nowMs = timer.dueMs
    timer.run()
    await this.settle()
    return true
  }

  async #alone(operation: string, work: () => Promise<void>): Promise<void> {
    if (this.#advancing) {
      const problem = 'the clock is being advanced already; await that first'
      throw new TroupeError('NOT_ALLOWED', { operation, problem })
    }
    this.#advancing = true
    try {
      await work()
    } finally {
      this.#advancing = false
    }
  }
}

function neverSettles(turns: number): AssertionError {
  return new AssertionError({
    message:
      `the program did not settle within ${turns} turns of the event loop: something keeps ` +
      'itself busy without letting time pass. Look for processes that answer each other for ' +
      'ever, or for a timer of 0 ms that starts itself again; give it a delay, or raise turnsMax.',
  })
}

function neverDone(timers: number, limitMs: number): AssertionError {
  const left =
    timers === 0
      ? 'no timer is left that could settle it'
      : `${limitMs} ms of virtual time have passed`
  return new AssertionError({
    message:
      `the promise is still pending, and ${left}. If it waits for the real world (a file, a ` +
      'socket, another clock), await it without the virtual clock; otherwise nobody answers it.',
  })
}
