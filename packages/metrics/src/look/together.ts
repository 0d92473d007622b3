/**
 * look/together: all series of a metric as one: sums, and means by how much was observed.
 *
 * Quantiles of several series follow from their ranges alone, and only where these are the same;
 * those that were told by each, and those of the past, cannot be put together.
 */
import type { MetricLine } from 'troupe'
import { QUICK_ITEMS, type Work } from '#metrics/gather/slices'
import type { Lines } from './history.js'
import type { Ranges } from './quantiles.js'
import type { SeriesReading } from './readings.js'

/** What can be put together of how series went. */
export const SUMMED: ReadonlySet<MetricLine> = new Set(['perSecond', 'mean'])

/** The sum of all, and how it went as far as that is kept. */
export function* together(
  series: readonly SeriesReading[],
  linesOf: (one: SeriesReading) => Lines,
): Work<{ readonly reading: SeriesReading; readonly lines: Lines }> {
  let [value, sum] = [0, 0]
  const ranges = new RangeSum(series[0]?.ranges)
  const lines = new LineSum()
  for (const [at, one] of series.entries()) {
    value += one.value
    sum += one.sum ?? 0
    ranges.add(one.ranges)
    const isKept = lines.add(linesOf(one))
    if (isKept || at % QUICK_ITEMS === QUICK_ITEMS - 1) yield
  }
  const hasSum = series.some((one) => one.sum !== undefined)
  const about = { key: '', labels: [], quantiles: [], value, sum: hasSum ? sum : undefined }
  return { reading: { ...about, ranges: ranges.told() }, lines: lines.told() }
}

class RangeSum {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #isSame: boolean

  constructor(first: Ranges | undefined) {
    this.#bounds = first?.bounds ?? []
    this.#counts = first?.counts.map(() => 0) ?? []
    this.#isSame = first !== undefined
  }

  add(ranges: Ranges | undefined): void {
    const bounds = this.#bounds
    this.#isSame &&=
      ranges?.bounds.length === bounds.length &&
      ranges.bounds.every((bound, at) => bound === bounds[at])
    if (!this.#isSame || ranges === undefined) return
    for (const [at, count] of ranges.counts.entries()) {
      this.#counts[at] = (this.#counts[at] ?? 0) + count
    }
  }

  /** Undefined where they have none, or not the same bounds. */
  told(): Ranges | undefined {
    return this.#isSame ? { bounds: this.#bounds, counts: this.#counts } : undefined
  }
}

class LineSum {
  readonly #rates: (number | null)[] = []
  /** Of those that have a mean: how much they observed, and its sum. */
  readonly #weights: number[] = []
  readonly #totals: number[] = []
  #hasMean = false

  /** False: nothing is kept of it. */
  add({ perSecond, mean }: Lines): boolean {
    if (perSecond === undefined) return false
    this.#hasMean ||= mean !== undefined
    for (const [at, rate] of perSecond.entries()) {
      this.#rates[at] ??= null
      if (rate === null) continue
      this.#rates[at] = (this.#rates[at] ?? 0) + rate
      const one = mean?.[at] ?? null
      if (one === null) continue
      this.#weights[at] = (this.#weights[at] ?? 0) + rate
      this.#totals[at] = (this.#totals[at] ?? 0) + rate * one
    }
    return true
  }

  told(): Lines {
    if (this.#rates.length === 0) return {}
    const perSecond = this.#rates
    if (!this.#hasMean) return { perSecond }
    const mean = perSecond.map((_, at) => {
      const weight = this.#weights[at] ?? 0
      return weight > 0 ? (this.#totals[at] ?? 0) / weight : null
    })
    return { perSecond, mean }
  }
}
