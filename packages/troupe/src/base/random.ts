/**
 * base/random: chance as an argument; seeded for tests, from the machine otherwise.
 *
 * Not for secrets: cookies and tokens come from the cryptographic source of the machine.
 *
 * @source "xoshiro128**" by Blackman and Vigna; "splitmix32" for the seed
 */

/** What decisions that need chance ask for. */
export interface Random {
  /** A number in [0, 1). */
  unit(): number
  /** A whole number in [0, limit); `limit` at least 1. */
  below(limit: number): number
}

function splitmix32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}

/**
 * A generator that repeats itself exactly for the same seed, on every machine.
 *
 * @example seededRandom(7).below(6) // the same throw of the die on every run
 */
export function seededRandom(seed: number): Random {
  const next = splitmix32(seed)
  const state = new Uint32Array([next(), next(), next(), next()])
  const word = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = state
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = b << 9
    const c2 = c ^ a
    const d2 = d ^ b
    state[1] = b ^ c2
    state[0] = a ^ d2
    state[2] = c2 ^ shifted
    state[3] = (d2 << 11) | (d2 >>> 21)
    return result
  }
  const unit = (): number => word() / 4_294_967_296
  return Object.freeze({ unit, below: (limit: number) => Math.floor(unit() * limit) })
}

/** The machine's chance: the default of every node. */
export const systemRandom: Random = Object.freeze({
  unit: () => Math.random(),
  below: (limit: number) => Math.floor(Math.random() * limit),
})
