/**
 * coordinator/acts: what a leader is to do, in the order in which it was decided.
 *
 * Whatever is asked of workers has an order: what a worker answers to a question says something
 * only about what was asked of it before. A node is asked one question at a time.
 */
import type { Unmarked } from '#jobs/store/book'

/** What the leader is to do. */
export type Act =
  | { readonly kind: 'write'; readonly job: Unmarked }
  | { readonly kind: 'offer'; readonly job: Unmarked }
  | {
      readonly kind: 'cancel' | 'thank'
      readonly node: string
      readonly job: string
      readonly attempt: number
    }
  | { readonly kind: 'probe'; readonly node: string; readonly order: number }

export class Acts {
  /** Nodes that were asked what they have and have not answered. */
  readonly #probes = new Map<string, number>()
  #acts: Act[] = []
  #order = 0

  push(...acts: readonly Act[]): void {
    this.#acts.push(...acts)
  }

  /** All that is to be done now, once. */
  take(): readonly Act[] {
    const acts = this.#acts
    this.#acts = []
    return acts
  }

  nextOrder(): number {
    this.#order += 1
    return this.#order
  }

  /** Asks a node what it has, unless it is being asked already. */
  probe(node: string): void {
    if (this.#probes.has(node)) return
    const order = this.nextOrder()
    this.#probes.set(node, order)
    this.#acts.push({ kind: 'probe', node, order })
  }

  /** It has answered, or will not. */
  settle(node: string, order: number): void {
    if (this.#probes.get(node) === order) this.#probes.delete(node)
  }
}
