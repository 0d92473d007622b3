/**
 * runtime/waiting-sends: sends of processes that wait for room or for the word of another node.
 *
 * For those who look at a process only. Limit: as many as wait; each is forgotten when it settles.
 */
import type { Address, SendFact } from '#contract'
import type { Process } from './process.js'

/** One send that waits. */
export interface WaitingSend {
  readonly to: Address
  readonly message: string
  readonly how: SendFact['how']
  readonly sinceMs: number
}

export class WaitingSends {
  readonly #nowMs: () => number
  readonly #of = new WeakMap<Process, Set<WaitingSend>>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Remembers a send of a process until its outcome is known, which is passed on. */
  follow<F>(
    from: Process | undefined,
    send: Omit<WaitingSend, 'sinceMs'>,
    outcome: Promise<F>,
  ): Promise<F> {
    if (from === undefined) return outcome
    const waiting: WaitingSend = { ...send, sinceMs: this.#nowMs() }
    const own = this.#of.get(from) ?? new Set()
    own.add(waiting)
    this.#of.set(from, own)
    const over = (): void => void own.delete(waiting)
    outcome.then(over, over)
    return outcome
  }

  /** The oldest first. */
  of(process: Process): readonly (WaitingSend & { readonly waitedMs: number })[] {
    const nowMs = this.#nowMs()
    return [...(this.#of.get(process) ?? [])].map((send) => {
      return { ...send, waitedMs: Math.max(0, nowMs - send.sinceMs) }
    })
  }
}
