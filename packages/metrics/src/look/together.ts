/**
 * look/together: all series of a metric as one: sums, and means by how much was observed. Pure.
 *
 * Quantiles of several series follow from their ranges alone, and only where these are the same;
 * those that were told by each, and those of the past, cannot be put together.
 */
import type { Lines } from './history.js'
import type { Ranges } from './quantiles.js'
import type { SeriesReading } from './readings.js'

/** The sum of all, and how it went as far as that is kept. */
export function together(
  series: readonly SeriesReading[],
  linesOf: (one: SeriesReading) => Lines,
): { readonly reading: SeriesReading; readonly lines: Lines } {
  const hasSum = series.some(({ sum }) => sum !== undefined)
  const reading: SeriesReading = {
    ...{ key: '', labels: [], quantiles: [] },
    value: series.reduce((total, { value }) => total + value, 0),
    sum: hasSum ? series.reduce((total, { sum = 0 }) => total + sum, 0) : undefined,
    ranges: rangesOf(series.map(({ ranges }) => ranges)),
  }
  return { reading, lines: linesTogether(series.map(linesOf)) }
}

function rangesOf(all: readonly (Ranges | undefined)[]): Ranges | undefined {
  const [first] = all
  if (first === undefined) return undefined
  const { bounds } = first
  const counts = first.counts.map(() => 0)
  for (const one of all) {
    if (one === undefined || !isSame(one.bounds, bounds)) return undefined
    for (const [at, count] of one.counts.entries()) counts[at] = (counts[at] ?? 0) + count
  }
  return { bounds, counts }
}

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((bound, at) => bound === other[at])

function linesTogether(all: readonly Lines[]): Lines {
  const kept = all.filter(({ perSecond }) => perSecond !== undefined)
  if (kept.length === 0) return {}
  const length = Math.max(...kept.map(({ perSecond = [] }) => perSecond.length))
  const perSecond: (number | null)[] = []
  const mean: (number | null)[] = []
  for (let at = 0; at < length; at += 1) {
    const points = kept.map((lines) => ({
      rate: lines.perSecond?.[at] ?? null,
      mean: lines.mean?.[at] ?? null,
    }))
    const known = points.filter(({ rate }) => rate !== null)
    perSecond.push(
      known.length === 0 ? null : known.reduce((sum, { rate }) => sum + (rate ?? 0), 0),
    )
    const seen = known.filter(({ mean: one }) => one !== null)
    const weight = seen.reduce((sum, { rate }) => sum + (rate ?? 0), 0)
    const total = seen.reduce((sum, { rate, mean: one }) => sum + (rate ?? 0) * (one ?? 0), 0)
    mean.push(weight > 0 ? total / weight : null)
  }
  const hasMean = kept.some((lines) => lines.mean !== undefined)
  return hasMean ? { perSecond, mean } : { perSecond }
}
