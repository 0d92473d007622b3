/**
 * cluster/registrar/embedded/finds: what a node has asked the server and not been told yet.
 *
 * Each question has its own limit; one that is open when the server changes is asked again.
 * Limit: `FINDS_MAX` questions at one time; beyond it nobody is known.
 */
import type { Clock } from '#base/clock'
import type { Entry } from './words.js'

const FINDS_MAX = 10_000

interface Find {
  readonly node: string
  readonly answer: (entry: Entry | undefined) => void
}

export class Finds {
  readonly #clock: Clock
  readonly #open = new Map<number, Find>()
  #last = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Those that are open, to be asked. */
  get open(): readonly (readonly [number, string])[] {
    return [...this.#open].map(([id, { node }]) => [id, node] as const)
  }

  /** One question, asked by `ask`; undefined after `withinMs`. Never rejects. */
  add(node: string, withinMs: number, ask: (id: number) => void): Promise<Entry | undefined> {
    if (this.#open.size >= FINDS_MAX || withinMs <= 0) return Promise.resolve(undefined)
    this.#last += 1
    const id = this.#last
    return new Promise((resolve) => {
      const cancel = this.#clock.after(withinMs, () => this.answered(id, undefined))
      const answer = (entry: Entry | undefined): void => {
        cancel()
        resolve(entry)
      }
      this.#open.set(id, { node, answer })
      ask(id)
    })
  }

  answered(id: number, entry: Entry | undefined): void {
    const find = this.#open.get(id)
    this.#open.delete(id)
    find?.answer(entry)
  }

  /** Nobody can answer. */
  end(): void {
    for (const [id] of this.open) this.answered(id, undefined)
  }
}
