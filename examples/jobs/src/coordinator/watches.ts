/**
 * coordinator/watches: the worker processes whose end a leader is told of, one for each node.
 *
 * Limit: the nodes of the crew; a watch ends with its worker, its node or its term.
 */
import type { Pid } from 'troupe'

export class Watches {
  readonly #watch: (worker: Pid) => () => void
  readonly #ends = new Map<string, () => void>()

  constructor(watch: (worker: Pid) => () => void) {
    this.#watch = watch
  }

  /** In place of the one of that node before. */
  begin(worker: Pid): void {
    this.#end(worker.node)
    this.#ends.set(worker.node, this.#watch(worker))
  }

  /** Ends those of nodes whose worker is not known any more. */
  keep(isKnown: (node: string) => boolean): void {
    for (const node of [...this.#ends.keys()]) if (!isKnown(node)) this.#end(node)
  }

  end(): void {
    for (const node of [...this.#ends.keys()]) this.#end(node)
  }

  #end(node: string): void {
    this.#ends.get(node)?.()
    this.#ends.delete(node)
  }
}
