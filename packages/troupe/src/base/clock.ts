/**
 * base/clock: time as an argument, and the one place that touches the machine's clock.
 *
 * Everything else asks a `Clock`; a test gives a virtual one and moves it by hand.
 * Limit: a delay above `DELAY_MS_MAX` is clamped by the machine, so longer waits are re-armed.
 */

/** Ends a wait; answers false when it had already run or was cancelled before. */
export type Cancel = () => boolean

/** What the runtime asks of time and of the event loop. */
export interface Clock {
  /** Wall clock in milliseconds since 1970; may jump. For dates shown to people and cron. */
  wallMs(): number
  /** Milliseconds since an arbitrary start, never going back; fractions allowed. */
  nowMs(): number
  /** Runs `run` once after `delayMs`; a delay of 0 still waits for a turn of the loop. */
  after(delayMs: number, run: () => void): Cancel
  /** Runs `run` before the event loop turns: as a microtask. */
  soon(run: () => void): void
  /** Runs `run` after the event loop had a chance to serve timers and sockets. */
  later(run: () => void): void
}

/** The longest wait the machine's timer takes, in milliseconds (24.8 days). */
export const DELAY_MS_MAX = 2_147_483_647

const settled = Promise.resolve()

function afterOnMachine(delayMs: number, run: () => void, holds = true): Cancel {
  let waiting = true
  const timeout = setTimeout(
    () => {
      waiting = false
      run()
    },
    Math.min(Math.max(delayMs, 0), DELAY_MS_MAX),
  )
  if (!holds) timeout.unref()
  return () => {
    if (!waiting) return false
    waiting = false
    clearTimeout(timeout)
    return true
  }
}

/**
 * Milliseconds of the machine's steady clock, to the microsecond: unlike `nowMs` of two threads,
 * those of all threads of a program can be compared.
 */
export const steadyMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000

/** Keeps the program running until it is called off. */
export function keepAlive(): Cancel {
  const interval = setInterval(() => {}, DELAY_MS_MAX)
  return () => {
    clearInterval(interval)
    return true
  }
}

/** The machine's own time: the default of every node. */
export const systemClock: Clock = Object.freeze({
  wallMs: () => Date.now(),
  nowMs: () => performance.now(),
  after: (delayMs: number, run: () => void) => afterOnMachine(delayMs, run),
  // A reaction of a settled promise costs about half of queueMicrotask on Node 20.
  soon: (run: () => void) => void settled.then(run),
  later: (run: () => void) => void setImmediate(run),
})

/** The same time, for what must not keep the program running, such as an open listener. */
export const backgroundClock: Clock = Object.freeze({
  ...systemClock,
  after: (delayMs: number, run: () => void) => afterOnMachine(delayMs, run, false),
})
