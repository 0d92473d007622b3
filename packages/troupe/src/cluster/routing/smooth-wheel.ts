/**
 * cluster/routing/smooth-wheel: picks by weight, spread evenly over each round.
 *
 * Each turn every one gains its weight, the richest is picked and pays the sum of all. In as many
 * turns as the sum of the weights each is picked exactly as often as its weight says, and never
 * several times in a row when others could come between.
 * Limit: a pick looks at every one, some 2 ns for each.
 *
 * @source nginx "smooth weighted round-robin" (Igor Sysoev, 2012)
 */

/** 0 at the place of those that may not be picked now; undefined: all may. */
export type Mask = Uint8Array | undefined

export class SmoothWheel {
  readonly #weights: Float64Array
  readonly #gained: Float64Array

  /** `gained` is what each brings along; beyond one round it would only bring imbalance. */
  constructor(weights: Float64Array, gained?: Float64Array) {
    this.#weights = weights
    const most = totalOf(weights, undefined)
    this.#gained = Float64Array.from(weights, (_, at) =>
      Math.max(-most, Math.min(most, gained?.[at] ?? 0)),
    )
  }

  /** What one of them has gained, to go on from with other weights. */
  gainedBy(at: number): number {
    return this.#gained[at] ?? 0
  }

  /** The next one; -1 when none may be picked. */
  next(mask?: Mask): number {
    const weights = this.#weights
    const gained = this.#gained
    let best = -1
    let most = Number.NEGATIVE_INFINITY
    let total = 0
    for (let at = 0; at < weights.length; at += 1) {
      if (mask !== undefined && mask[at] === 0) continue
      const weight = weights[at] as number
      const now = (gained[at] as number) + weight
      gained[at] = now
      total += weight
      if (now > most) {
        most = now
        best = at
      }
    }
    if (best >= 0) gained[best] = most - total
    return best
  }
}

/** The sum of the weights of those that may be picked. */
export function totalOf(weights: Float64Array, mask: Mask): number {
  let total = 0
  for (let at = 0; at < weights.length; at += 1) {
    if (mask === undefined || mask[at] !== 0) total += weights[at] as number
  }
  return total
}
