/**
 * runtime/init-times: how long `init` took, of the processes where it took a while.
 *
 * A reading of the clock costs as much as a spawn. So each `init` that waits is timed, and of those
 * that do not wait the first few of each behaviour, one in `EACH` after that, and for a while all
 * of a behaviour that was found slow. What took less than `SLOW_MS` is not kept: most processes
 * have no place for it.
 *
 * @source ergo-features 25 (process_init_time_max_seconds, process_init_time_top_seconds)
 */
import type { Process } from './process.js'
import type { Program } from './program.js'
import type { Scheduler } from './scheduler.js'

const FIRST = 4
const EACH = 64
const SLOW_MS = 1

export class InitTimes {
  readonly #scheduler: Scheduler
  /** Goes with its process. */
  readonly #tookMs = new WeakMap<Process, number>()
  readonly #timing = new WeakMap<Program, Timing>()
  #last: Timing | undefined = undefined

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** An `init` begins: when, in milliseconds since the start of the node; -1 when not timed. */
  begin(program: Program): number {
    const timing = this.#last?.program === program ? this.#last : this.#timingOf(program)
    const count = timing.count
    timing.count = count + 1
    return count < timing.allUntil || count % EACH === 0 ? this.nowMs() : -1
  }

  nowMs(): number {
    return this.#scheduler.sinceStartMs()
  }

  /** It is done; what `begin` gave. */
  end(process: Process, beganMs: number): void {
    if (beganMs < 0) return
    const tookMs = this.nowMs() - beganMs
    if (tookMs < SLOW_MS) return
    this.#tookMs.set(process, tookMs)
    const timing = this.#timingOf(process.program)
    timing.allUntil = timing.count + EACH
  }

  /** 0 when it was quick, or not timed. */
  of(process: Process): number {
    return this.#tookMs.get(process) ?? 0
  }

  #timingOf(program: Program): Timing {
    const known = this.#timing.get(program)
    this.#last = known ?? { program, count: 0, allUntil: FIRST }
    if (known === undefined) this.#timing.set(program, this.#last)
    return this.#last
  }
}

interface Timing {
  readonly program: Program
  /** Births so far. */
  count: number
  /** Up to which of them all are timed. */
  allUntil: number
}
