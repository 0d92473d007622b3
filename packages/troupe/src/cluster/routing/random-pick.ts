/**
 * cluster/routing/random-pick: picks by chance, as likely as the weight says.
 */
import type { Random } from '#base/random'
import { type Mask, totalOf } from './smooth-wheel.js'

/** A place by chance; -1 when none may be picked. */
export function randomPick(weights: Float64Array, random: Random, mask?: Mask): number {
  const total = totalOf(weights, mask)
  if (total <= 0) return -1
  let left = random.unit() * total
  let last = -1
  for (let at = 0; at < weights.length; at += 1) {
    if (mask !== undefined && mask[at] === 0) continue
    last = at
    left -= weights[at] as number
    if (left < 0) return at
  }
  // Sums of fractions may leave a rest; the last one takes it.
  return last
}
