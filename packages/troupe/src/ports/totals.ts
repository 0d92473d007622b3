/**
 * ports/totals: the sums over the connections of one port, those that have ended included.
 *
 * Pure. What is left when a connection ends is lost, so it is summed only then.
 */

/** What is summed, by name. */
export interface Summed {
  /** At any time, by the name that connections count it by. */
  readonly flow: readonly string[]
  /** At the end: by the name of the sum, the name that connections count it by. */
  readonly left: Readonly<Record<string, string>>
}

type Flow<S extends Summed> = S['flow'][number]
type Left<S extends Summed> = keyof S['left'] & string
type Counted<S extends Summed> = Flow<S> | S['left'][Left<S>]
type Counters<Name extends string> = Readonly<Record<Name, number>>

/** By the name of a sum, the name of what is added to it. */
type Names = readonly (readonly [sum: string, counted: string])[]

/** Sums over connections that end with one word of `End`. */
export class Totals<End extends string, S extends Summed> {
  readonly #flow: Names
  readonly #left: Names
  readonly #ended: Partial<Record<End, number>> = {}
  readonly #sums: Record<string, number> = {}

  constructor({ flow, left }: S) {
    this.#flow = flow.map((name) => [name, name] as const)
    this.#left = Object.entries(left)
    for (const [sum] of [...this.#flow, ...this.#left]) this.#sums[sum] = 0
  }

  /** A connection has ended. */
  add(end: End, counters: Counters<Counted<S>>): void {
    this.#ended[end] = (this.#ended[end] ?? 0) + 1
    addTo(this.#sums, this.#flow, counters)
    addTo(this.#sums, this.#left, counters)
  }

  /** With what the connections count that are open now. */
  with(open: readonly Counters<Flow<S>>[]) {
    const sums = { ...this.#sums }
    for (const counters of open) addTo(sums, this.#flow, counters)
    const told = sums as Record<Flow<S> | Left<S>, number>
    return { connected: open.length, ended: { ...this.#ended }, ...told }
  }
}

function addTo(sums: Record<string, number>, names: Names, counters: Counters<string>): void {
  for (const [sum, counted] of names) sums[sum] = (sums[sum] ?? 0) + (counters[counted] ?? 0)
}
