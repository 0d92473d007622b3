/**
 * world/chance: chance that repeats itself for the same seed.
 *
 * @source "splitmix32"
 */

export interface Chance {
  /** A number in [0, 1). */
  unit(): number
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number
  /** One of a list; undefined of an empty one. */
  pick<T>(list: readonly T[]): T | undefined
  /** Another source, so that what one part takes does not shift what another one gets. */
  fork(): Chance
}

/** The same for the same seed, on every machine. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  const word = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  const unit = (): number => word() / 4_294_967_296
  return {
    unit,
    between: (least, most) => least + Math.floor(unit() * (most - least + 1)),
    pick: (list) => list[Math.floor(unit() * list.length)],
    fork: () => chanceOf(word()),
  }
}
