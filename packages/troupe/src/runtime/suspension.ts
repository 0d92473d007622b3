/**
 * runtime/suspension: async handlers: their process waits until they settle.
 *
 * Nothing else of the process runs meanwhile, unless it was spawned `reentrant`. A killed process
 * whose handler goes on is a zombie until its promise settles.
 *
 * @source ergo-features 34 (one handler at a time), design 4.1 and 4.11
 */
import { Pause, type Suspended } from './extension.js'
import { extend } from './mailbox.js'
import { Call, describeEntry, type EntryName, type Origin } from './message.js'
import type { Outcomes } from './outcome.js'
import { DEAD, type Process, REENTRANT, SCHEDULED, SUSPENDED, WATCHED } from './process.js'
import type { Scheduler } from './scheduler.js'
import { watchedOf } from './watched.js'
import { Zombies } from './zombies.js'

/** As `await` does it: a promise may carry a `then` of its own that throws or never calls. */
const then = Promise.prototype.then

export class Suspensions {
  /** Ended processes whose handlers have not settled. */
  readonly zombies: Zombies
  readonly #scheduler: Scheduler
  readonly #outcomes: Outcomes
  readonly #rest: (process: Process) => void

  constructor(scheduler: Scheduler, outcomes: Outcomes, rest: (process: Process) => void) {
    this.#scheduler = scheduler
    this.#outcomes = outcomes
    this.#rest = rest
    this.zombies = new Zombies(() => scheduler.sinceStartMs())
  }

  /** Takes over a message whose handler gave a promise; true when the turn may go on. */
  await(
    process: Process,
    from: Origin,
    name: EntryName,
    payload: unknown,
    progress: Suspended['progress'],
    promise: Promise<unknown>,
  ): boolean {
    this.#scheduler.suspended += 1
    const sinceMs = this.#scheduler.coarseMs
    const suspended: Suspended = { from, name, payload, progress, sinceMs }
    if ((process.flags & DEAD) !== 0) {
      this.#lose(process, suspended, 'killed')
      this.#follow(process, suspended, promise)
      return false
    }
    this.#outcomes.handling += 1
    const extension = extend(process)
    extension.pause ??= new Pause()
    const pause = extension.pause
    if ((process.flags & REENTRANT) !== 0) {
      pause.flight.add(suspended)
      this.#follow(process, suspended, promise)
      return true
    }
    process.flags |= SUSPENDED | SCHEDULED
    pause.current = suspended
    if (from instanceof Call) this.#follow(process, suspended, promise)
    else {
      pause.settled ??= () => this.#settled(process, pause.current, undefined)
      pause.failed ??= (thrown) => this.#failed(process, pause.current, thrown)
      then.call(promise, pause.settled, pause.failed)
    }
    return false
  }

  #follow(process: Process, suspended: Suspended, promise: Promise<unknown>): void {
    then.call(
      promise,
      (value) => this.#settled(process, suspended, value),
      (thrown: unknown) => this.#failed(process, suspended, thrown),
    )
  }

  #settled(process: Process, suspended: Suspended | undefined, value: unknown): void {
    if (!this.#leave(process, suspended, false) || suspended === undefined) return
    this.#outcomes.done(process, suspended.from, value, suspended.progress)
    this.#resume(process)
  }

  #failed(process: Process, suspended: Suspended | undefined, thrown: unknown): void {
    if (!this.#leave(process, suspended, true) || suspended === undefined) return
    this.#release(process)
    const { from, name, progress } = suspended
    this.#outcomes.failed(process, from, name, thrown, progress)
  }

  /** Takes the message out of the waiting ones; false when its process was killed meanwhile. */
  #leave(process: Process, suspended: Suspended | undefined, hasFailed: boolean): boolean {
    this.#scheduler.suspended -= 1
    if ((process.flags & (DEAD | WATCHED)) !== 0) {
      if ((process.flags & DEAD) !== 0) {
        // The shared functions of a process know their message no more.
        this.zombies.settled(suspended ?? process)
        return false
      }
      if (suspended !== undefined) this.#count(process, suspended, hasFailed)
    }
    this.#outcomes.handling -= 1
    const pause = process.extension?.pause
    if (pause === undefined || suspended === undefined) return true
    if (!pause.flight.delete(suspended)) pause.current = undefined
    return true
  }

  /** Somebody looks at the process: how long the message took, with its waits. */
  #count(process: Process, { name, sinceMs }: Suspended, hasFailed: boolean): void {
    const tookMs = this.#scheduler.sinceStartMs() - sinceMs
    watchedOf(process)?.done(name, Math.max(0, tookMs), hasFailed)
  }

  #resume(process: Process): void {
    if (this.#release(process)) this.#rest(process)
  }

  /**
   * Ends the wait of a process for its handler; false for a reentrant one, which does not wait: if
   * it is suspended, then for its `terminate`.
   */
  #release(process: Process): boolean {
    if ((process.flags & REENTRANT) !== 0) return false
    process.flags &= ~SUSPENDED
    return true
  }

  /** At the end of a process: its unsettled messages die with it, their handlers go on. */
  abandon(process: Process, reason: string): void {
    const pause = process.extension?.pause
    if (pause === undefined) return
    const unsettled = [...pause.flight]
    if (pause.current !== undefined) unsettled.push(pause.current)
    for (const suspended of unsettled) {
      this.#outcomes.handling -= 1
      this.#lose(process, suspended, reason)
    }
    pause.flight.clear()
    pause.current = undefined
  }

  #lose(process: Process, suspended: Suspended, reason: string): void {
    const { from, name, progress, sinceMs } = suspended
    this.zombies.add(process, describeEntry(name), sinceMs, suspended, process)
    if (progress === 'open') this.#outcomes.ended(process, from, name, reason)
    else if (progress === 'handed-on') this.#outcomes.done(process, from, undefined, progress)
  }
}
