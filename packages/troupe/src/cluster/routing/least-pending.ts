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
  let best = -1
  let least = Number.POSITIVE_INFINITY
  let weightOfEquals = 0
  for (let at = 0; at < weights.length; at += 1) {
    if (mask !== undefined && mask[at] === 0) continue
    const weight = weights[at] as number
    const load = (loads[at] as Loaded).pending / weight
    if (load > least) continue
    if (load < least) {
      least = load
      best = at
      weightOfEquals = weight
      continue
    }
    weightOfEquals += weight
    if (random.unit() * weightOfEquals < weight) best = at
  }
  return best
}
