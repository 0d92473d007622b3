/**
 * runtime/own-timer: timers of one process; each firing is a turn of it, and all end with it.
 *
 * @source ergo-features 5 (delayed and periodic sends), weaknesses 30
 */
import { requireOption, type Timer } from '#contract'
import type { Kernel } from './kernel.js'
import { extend } from './mailbox.js'
import { TIMER } from './message.js'
import type { Process } from './process.js'
import type { Wait } from './timers.js'

/** A wall clock time is looked at again this often, in case the clock was set. */
const WALL_CHECK_MS = 60_000

/** What fires: the next delay, or undefined when it is over. */
type Fire = () => number | undefined

class OwnTimer implements Timer {
  readonly #kernel: Kernel
  readonly #process: Process
  readonly #fire: Fire
  #wait: Wait | undefined

  constructor(kernel: Kernel, process: Process, delayMs: number, fire: Fire) {
    this.#kernel = kernel
    this.#process = process
    this.#fire = fire
    const extension = extend(process)
    extension.timers ??= new Set()
    extension.timers.add(this)
    this.#arm(delayMs)
  }

  cancel(): boolean {
    const wait = this.#wait
    if (wait === undefined) return false
    this.#end()
    return this.#kernel.timers.cancel(wait)
  }

  #arm(delayMs: number): void {
    this.#wait = this.#kernel.timers.after(delayMs, () => {
      const nextMs = this.#fire()
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

function requireDelay(option: string, value: number, isPeriod = false): void {
  const holds = typeof value === 'number' && value >= 0 && (!isPeriod || value > 0)
  requireOption(holds, option, value, 'give milliseconds, not below 0')
}

/** Once, as a turn of the process. */
export function runAfter(
  kernel: Kernel,
  process: Process,
  delayMs: number,
  run: () => unknown,
): Timer {
  requireDelay('delayMs', delayMs)
  return new OwnTimer(kernel, process, delayMs, () => {
    kernel.post.signal(undefined, process, TIMER, { run })
    return undefined
  })
}

/** Every period without drift; a turn that has not run yet is not doubled. */
export function runEvery(
  kernel: Kernel,
  process: Process,
  periodMs: number,
  run: () => unknown,
): Timer {
  requireDelay('periodMs', periodMs, true)
  let dueMs = kernel.clock.nowMs() + periodMs
  let waits = false
  const turn = {
    run: () => {
      waits = false
      return run()
    },
  }
  return new OwnTimer(kernel, process, periodMs, () => {
    if (!waits) {
      waits = true
      kernel.post.signal(undefined, process, TIMER, turn)
    }
    const nowMs = kernel.clock.nowMs()
    const missed = Math.floor((nowMs - dueMs) / periodMs)
    dueMs += (1 + Math.max(0, missed)) * periodMs
    return dueMs - nowMs
  })
}

/** Once, when the wall clock says so. */
export function runAt(kernel: Kernel, process: Process, timeMs: number, run: () => unknown): Timer {
  requireOption(Number.isFinite(timeMs), 'timeMs', timeMs, 'give milliseconds since 1970')
  const waitMs = (): number => Math.max(0, Math.min(timeMs - kernel.clock.wallMs(), WALL_CHECK_MS))
  return new OwnTimer(kernel, process, waitMs(), () => {
    if (kernel.clock.wallMs() < timeMs) return waitMs()
    kernel.post.signal(undefined, process, TIMER, { run })
    return undefined
  })
}

/** Runs at once when due, without a turn of the process: for sends. */
export function runUntimed(
  kernel: Kernel,
  process: Process,
  delayMs: number,
  run: () => void,
): Timer {
  requireDelay('delayMs', delayMs)
  return new OwnTimer(kernel, process, delayMs, () => {
    run()
    return undefined
  })
}
