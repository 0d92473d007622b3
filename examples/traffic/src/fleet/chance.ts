/**
 * fleet/chance: chance that repeats itself for the same seed, on every machine.
 *
 * Good enough to drive vehicles about; not for secrets.
 */

import type { Chance } from './vehicle.js'

/** @source "mulberry32" by Tommy Ettinger */
export function seededChance(seed: number): Chance {
  let state = seed | 0
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { unit, below: (limit) => Math.floor(unit() * limit) }
}
