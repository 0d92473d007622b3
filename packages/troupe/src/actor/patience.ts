/**
 * actor/patience: how a process waits, whatever it is doing: in init, running, or ending.
 *
 * While it runs, waits are timers that can be taken back; in `init` and `terminate` a process
 * has no turns, so it sleeps instead. Knows nothing of what is waited for.
 */
import type { ProcessContext } from '#contract'

export class Patience {
  phase: 'init' | 'running' | 'ending' = 'init'
  readonly #context: ProcessContext

  constructor(context: ProcessContext) {
    this.#context = context
  }

  wait(delayMs: number): Promise<void> {
    if (delayMs <= 0) return Promise.resolve()
    if (this.phase !== 'running') return this.#context.sleep(delayMs)
    return new Promise((resolve) => {
      this.#context.after(delayMs, resolve)
    })
  }

  /** True when `done`, which never rejects, settles in time. */
  async within(limitMs: number, done: Promise<unknown>): Promise<boolean> {
    if (limitMs === Number.POSITIVE_INFINITY) {
      await done
      return true
    }
    if (this.phase !== 'running') {
      const late = this.#context.sleep(limitMs).then(() => false)
      return Promise.race([done.then(() => true), late])
    }
    return new Promise((resolve) => {
      const timer = this.#context.after(limitMs, () => resolve(false))
      void done.then(() => {
        timer.cancel()
        resolve(true)
      })
    })
  }
}
