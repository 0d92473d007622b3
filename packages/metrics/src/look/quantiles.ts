/**
 * look/quantiles: values below which a share of what was observed lies, worked out of ranges. Pure.
 *
 * Within a range what was observed is taken as spread evenly; above the last bound the answer is
 * that bound, since nothing more is known.
 *
 * @source Prometheus, histogram_quantile
 */

/** How many were observed in each range; one more count than bounds: above the last one. */
export interface Ranges {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

/** NaN where nothing was observed. */
export function quantileOf({ bounds, counts }: Ranges, share: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0)
  if (!(all > 0) || bounds.length === 0) return Number.NaN
  const wanted = share * all
  let below = 0
  for (const [at, bound] of bounds.entries()) {
    const count = counts[at] ?? 0
    if (count > 0 && below + count >= wanted) {
      const from = at === 0 ? Math.min(0, bound) : (bounds[at - 1] as number)
      return from + (bound - from) * ((wanted - below) / count)
    }
    below += count
  }
  return bounds.at(-1) as number
}
