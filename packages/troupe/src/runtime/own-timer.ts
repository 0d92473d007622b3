/**
 * runtime/own-timer: timers of one process; each firing is a turn of it, and all end with it.
 *
 * @source ergo-features 5 (delayed and periodic sends), weaknesses 30
 */
import {
  type Address,
  crashOf,
  type OpenSpan,
  type Priority,
  requireOption,
  requirePriority,
  type Timer,
  type TimerFact,
} from '#contract'
import type { HeldTimer } from './extension.js'
import type { Kernel } from './kernel.js'
import { extend } from './mailbox.js'
import { type Origin, TIMER } from './message.js'
import { DEAD, EXITING, type Process } from './process.js'
import type { TimerTurn } from './program.js'
import type { Wait } from './timers.js'
import { traced } from './tracing-words.js'

/** A wall clock time is looked at again this often, in case the clock was set. */
const WALL_CHECK_MS = 60_000

/** A period below the clock's resolution would fire without end. */
const PERIOD_MS_MIN = 1

/** What a timer sends, for those who look at it. */
export interface TimedSend {
  readonly message: string
  readonly to: Address
}

/** What a timer does, and what is told of it. */
interface TimedWork {
  readonly due: Due
  readonly run: () => unknown
  readonly priority?: Priority
  readonly send?: TimedSend
  readonly everyMs?: number
  readonly atMs?: number
  /** It goes on with the trace it is set in; one that comes again and again would never end it. */
  readonly goesOn?: boolean
}

/** What happens when a timer is due: the next delay, or undefined when it is over. */
type Due = (timer: OwnTimer) => number | undefined

class OwnTimer implements Timer, TimerTurn, HeldTimer {
  readonly #kernel: Kernel
  readonly #process: Process
  readonly #due: Due
  readonly #run: () => unknown
  readonly #priority: Priority
  readonly #send: TimedSend | undefined
  readonly #everyMs: number | undefined
  /** By the wall clock, when it runs at a time of it. */
  readonly #atMs: number | undefined
  #wait: Wait | undefined
  /** It has fired, and its turn has not come yet. */
  #turnWaits = false
  /** What it was set in the course of, and when. */
  readonly #trace: OpenSpan | undefined
  readonly #setMs: number

  constructor(kernel: Kernel, process: Process, delayMs: number, what: TimedWork) {
    this.#kernel = kernel
    this.#process = process
    this.#due = what.due
    this.#run = what.run
    this.#priority = what.priority ?? 'normal'
    this.#send = what.send
    this.#everyMs = what.everyMs
    this.#atMs = what.atMs
    this.#trace = what.goesOn === true ? kernel.tracing?.lasting(process) : undefined
    this.#setMs = this.#trace === undefined ? 0 : kernel.tracer.wallMs()
    const extension = extend(process)
    extension.timers ??= new Set()
    extension.timers.add(this)
    this.#arm(delayMs)
  }

  /** Prevents also a turn that waits already: after a cancel nothing runs any more. */
  cancel(): boolean {
    const wait = this.#wait
    if (wait === undefined && !this.#turnWaits) return false
    this.#turnWaits = false
    this.#end()
    if (wait !== undefined) this.#kernel.timers.cancel(wait)
    // What waited in the mailbox of a process that has ended would not have run.
    return (this.#process.flags & DEAD) === 0
  }

  describe(): TimerFact {
    const { clock } = this.#kernel
    const dueMs = this.#wait?.dueMs ?? clock.nowMs()
    const leftMs = this.#atMs === undefined ? dueMs - clock.nowMs() : this.#atMs - clock.wallMs()
    const send = this.#send
    return {
      kind: send === undefined ? 'run' : 'send',
      what: send?.message ?? nameOf(this.#run),
      to: send?.to,
      leftMs: Math.max(0, leftMs),
      everyMs: this.#everyMs,
    }
  }

  /** Asks for a turn of the process; one that has not run yet is not doubled. */
  ask(): void {
    if (this.#turnWaits) return
    this.#turnWaits = true
    this.#kernel.post.signal(this.#origin(), this.#process, TIMER, this, this.#priority)
  }

  #origin(): Origin {
    const { traces } = this.#kernel
    if (this.#trace === undefined) return undefined
    return traced(undefined, traces.timer(this.#trace, '[timer]', this.#process, this.#setMs))
  }

  /** The turn it asked for. */
  run(): unknown {
    if (!this.#turnWaits) return undefined
    this.#turnWaits = false
    return this.#run()
  }

  #arm(delayMs: number): void {
    this.#wait = this.#kernel.timers.after(delayMs, () => {
      const nextMs = this.#due(this)
      if (this.#wait === undefined) return
      if (nextMs === undefined) this.#end()
      else this.#arm(nextMs)
    })
  }

  #end(): void {
    this.#wait = undefined
    this.#process.extension?.timers?.delete(this)
  }
}

/** A function may have any name, or something else in its place. */
function nameOf(run: { readonly name: unknown }): string {
  const { name } = run
  return typeof name === 'string' && name !== '' ? name : '(a function)'
}

/** OPTION_INVALID unless it is milliseconds, 0 or more; a period at least `PERIOD_MS_MIN`. */
export function requireDelay(option: string, value: number, isPeriod = false): void {
  const least = isPeriod ? PERIOD_MS_MIN : 0
  const holds = typeof value === 'number' && value >= least
  requireOption(holds, option, value, `give milliseconds, not below ${least}`)
}

function requireRun(run: unknown): void {
  requireOption(typeof run === 'function', 'run', run, 'give a function')
}

const once: Due = (timer) => {
  timer.ask()
  return undefined
}

/** Once, as a turn of the process. */
export function runAfter(
  kernel: Kernel,
  process: Process,
  delayMs: number,
  run: () => unknown,
  priority: Priority = 'normal',
): Timer {
  requireDelay('delayMs', delayMs)
  requireRun(run)
  requirePriority(priority)
  return new OwnTimer(kernel, process, delayMs, { due: once, run, priority, goesOn: true })
}

/** Every period without drift; a turn that has not run yet is not doubled. */
export function runEvery(
  kernel: Kernel,
  process: Process,
  periodMs: number,
  run: () => unknown,
): Timer {
  requireDelay('periodMs', periodMs, true)
  requireRun(run)
  let dueMs = kernel.clock.nowMs() + periodMs
  const due: Due = (timer) => {
    timer.ask()
    const nowMs = kernel.clock.nowMs()
    const missed = Math.floor((nowMs - dueMs) / periodMs)
    dueMs += (1 + Math.max(0, missed)) * periodMs
    return dueMs - nowMs
  }
  return new OwnTimer(kernel, process, periodMs, { due, run, everyMs: periodMs })
}

/** Once, when the wall clock says so. */
export function runAt(kernel: Kernel, process: Process, timeMs: number, run: () => unknown): Timer {
  requireOption(Number.isFinite(timeMs), 'timeMs', timeMs, 'give milliseconds since 1970')
  requireRun(run)
  const waitMs = (): number => Math.max(0, Math.min(timeMs - kernel.clock.wallMs(), WALL_CHECK_MS))
  const due: Due = (timer) => (kernel.clock.wallMs() < timeMs ? waitMs() : once(timer))
  return new OwnTimer(kernel, process, waitMs(), { due, run, atMs: timeMs, goesOn: true })
}

/** Runs at once when due, without a turn of the process: for sends. A throw ends the process. */
export function runUntimed(
  kernel: Kernel,
  process: Process,
  delayMs: number,
  run: () => void,
  send: TimedSend,
): Timer {
  requireDelay('delayMs', delayMs)
  const trace = kernel.tracing?.lasting(process)
  const setMs = trace === undefined ? 0 : kernel.tracer.wallMs()
  const due: Due = () => {
    try {
      // The process may be in the middle of something else by now.
      if (trace === undefined && kernel.tracing !== undefined) kernel.tracing.apart(run)
      else if (trace === undefined) run()
      else kernel.traces.delayed(trace, send.message, process, setMs, run)
    } catch (thrown) {
      // An address or a payload may be a hostile object. The timers of others must go on.
      extend(process).exitReason = crashOf(thrown)
      process.flags |= EXITING
      kernel.wake(process)
    }
    return undefined
  }
  return new OwnTimer(kernel, process, delayMs, { due, run, send })
}
