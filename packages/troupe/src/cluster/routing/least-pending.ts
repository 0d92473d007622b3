/**
 * cluster/routing/least-pending: picks whoever has the fewest open requests for its weight.
 *
 * Among equals chance decides, as likely as the weight says, so that nodes which all rest share
 * the work and many callers do not all turn to the same one.
 *
 * @source "The Power of Two Choices" (Mitzenmacher, 2001); all are looked at, as they are few
 */
import type { Random } from '#base/random'
import type { Mask } from './smooth-wheel.js'

/** What of a node counts here. */
export interface Loaded {
  readonly pending: number
}

/** -1 when none may be picked. */
export function leastPending(
  weights: Float64Array,
  loads: readonly Loaded[],
  random: Random,
  mask?: Mask,
): number {
  let least = Number.POSITIVE_INFINITY
  let weightOfEquals = 0
  for (let at = 0; at < weights.length; at += 1) {
    if (mask !== undefined && mask[at] === 0) continue
    const weight = weights[at] as number
    const load = (loads[at] as Loaded).pending / weight
    if (load > least) continue
    weightOfEquals = load < least ? weight : weightOfEquals + weight
    least = load
  }
  // One throw of the die for all equals, and not one for each.
  let left = random.unit() * weightOfEquals
  let last = -1
  for (let at = 0; at < weights.length && left >= 0; at += 1) {
    if (mask !== undefined && mask[at] === 0) continue
    const weight = weights[at] as number
    if ((loads[at] as Loaded).pending / weight !== least) continue
    last = at
    left -= weight
  }
  return last
}
