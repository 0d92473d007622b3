/**
 * net/walls: between which nodes nothing passes now, each direction for itself.
 *
 * Pure but for its listeners. Walls overlap: a direction is open again when the last wall across
 * it has fallen.
 */

/** From whom to whom nothing passes. */
export interface Direction {
  readonly from: string
  readonly to: string
}

const keyOf = ({ from, to }: Direction): string => `${from} ${to}`

export class Walls {
  readonly #standing = new Map<string, number>()
  readonly #listeners = new Set<() => void>()

  /** Whether what `from` sends does not reach `to`. */
  blocks(from: string, to: string): boolean {
    return this.#standing.has(keyOf({ from, to }))
  }

  /** How many directions are shut. */
  get count(): number {
    return this.#standing.size
  }

  /** Builds a wall; what it returns takes it down, once. */
  build(directions: readonly Direction[]): () => void {
    for (const one of directions) this.#change(one, 1)
    this.#tell()
    let stands = true
    return () => {
      if (!stands) return
      stands = false
      for (const one of directions) this.#change(one, -1)
      this.#tell()
    }
  }

  /** Told after each change, until what it returns is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #change(direction: Direction, by: number): void {
    const key = keyOf(direction)
    const left = (this.#standing.get(key) ?? 0) + by
    if (left > 0) this.#standing.set(key, left)
    else this.#standing.delete(key)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** All directions between two groups: both ways, or only from the first to the second. */
export const between = (
  here: readonly string[],
  there: readonly string[],
  ways: 'both' | 'one',
): readonly Direction[] =>
  here.flatMap((from) =>
    there.flatMap((to) =>
      ways === 'both'
        ? [
            { from, to },
            { from: to, to: from },
          ]
        : [{ from, to }],
    ),
  )
