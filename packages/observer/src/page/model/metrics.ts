/**
 * page/model/metrics: metrics as words and lines: in which unit a value is, which figure stands for
 * a metric, how it went. Pure.
 */
import type {
  MetricLine,
  MetricNumber,
  MetricSeries,
  MetricSheet,
  MetricsSheet,
  MetricUnit,
} from 'troupe'
import type { ClusterMetrics } from '#observer/contract/api'
import { bytes, count, duration, percent, rate, short, UNKNOWN } from '#page/base/format'

/** A sheet of a metric after its way through JSON. */
export type ToldMetric = MetricSheet
/** What is told of a node, or of all of them. */
export type ToldMetrics = Omit<MetricsSheet, 'node'> & {
  readonly node?: string
} & Partial<Pick<ClusterMetrics, 'keeping' | 'without' | 'missing'>>

type Maybe = MetricNumber | null | undefined
/** Values as text. */
export type Format = (value: number | null | undefined) => string
export type Points = readonly (number | null)[]

const MS_PER_SECOND = 1_000
const ofSeconds: Format = (value) =>
  duration(typeof value === 'number' ? value * MS_PER_SECOND : undefined)
/** What is counted whole stands whole, as long as it is short. */
const plain: Format = (value) =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e6
    ? count(value)
    : short(value)

const UNITS: Readonly<Record<MetricUnit, Format>> = {
  seconds: ofSeconds,
  bytes,
  ratio: percent,
}

/** What is needed of a metric to write its values. */
export type Measured = Pick<MetricSheet, 'unit'>

/** How values of a metric are written. */
export const formatOf = ({ unit }: Measured): Format => (unit == null ? plain : UNITS[unit])

/** What a counter counts in a second. */
export function rateFormatOf(metric: Measured): Format {
  const format = formatOf(metric)
  if (format === plain) return rate
  return (value) => (typeof value === 'number' ? `${format(value)}/s` : UNKNOWN)
}

/** A value, also one that JSON has no number for. */
export const valueText = (value: Maybe, format: Format): string =>
  typeof value === 'string' ? value : format(value)

/** The last point that is known, of the last two. */
export const lastOf = (points: Points | undefined): number | undefined =>
  points?.slice(-2).findLast((point) => point !== null) ?? undefined

/** The labels of a series in one line; those of all together have none. */
export const labelText = ({ labels }: MetricSeries): string =>
  labels.map(([name, value]) => `${name}=${value}`).join(', ')

/** What stands for a metric: all series together, or the highest of them. */
export const mainOf = ({ all, series }: MetricSheet): MetricSeries | undefined => all ?? series[0]

/** Which line tells how a metric goes. */
export const lineOf = (type: MetricSheet['type']): MetricLine =>
  type === 'gauge' ? 'value' : type === 'counter' ? 'perSecond' : 'mean'

/** The mean of all that was observed since the start. */
export function meanOf({ value, sum }: MetricSeries): number | undefined {
  if (typeof value !== 'number' || typeof sum !== 'number' || value === 0) return undefined
  return sum / value
}

export const quantileOf = (series: MetricSeries, share: number): Maybe =>
  series.quantiles.find(([one]) => one === share)?.[1]

/** What a tile of a metric shows. */
export interface MetricWords {
  readonly figure: string
  /** What the figure is, where that does not follow from the type. */
  readonly of: string
  readonly note: string
  readonly trail: Points
}

const manySeries = (total: number): string => (total > 1 ? `${count(total)} series` : '')

const joined = (...words: readonly string[]): string =>
  words.filter((word) => word !== '').join(' · ')

export function wordsOf(metric: ToldMetric): MetricWords {
  const { type, seriesTotal } = metric
  const main = mainOf(metric)
  if (main === undefined) {
    return { figure: UNKNOWN, of: '', note: manySeries(seriesTotal), trail: [] }
  }
  const format = formatOf(metric)
  const trail = main.lines[lineOf(type)] ?? []
  const perSecond = lastOf(main.lines.perSecond)
  switch (type) {
    case 'gauge': {
      const figure = valueText(main.value, format)
      const of = seriesTotal > 1 ? 'highest' : ''
      return { figure, of, note: joined(manySeries(seriesTotal), labelText(main)), trail }
    }
    case 'counter': {
      const now = perSecond === undefined ? '' : rateFormatOf(metric)(perSecond)
      const note = joined(now, manySeries(seriesTotal), labelText(main))
      return { figure: valueText(main.value, format), of: '', note, trail }
    }
    case 'histogram':
    case 'summary': {
      const p99 = quantileOf(main, 0.99)
      const high = p99 === undefined ? '' : `p99 ${valueText(p99, format)}`
      const now = perSecond === undefined ? `${valueText(main.value, count)} seen` : rate(perSecond)
      const figure = format(lastOf(trail) ?? meanOf(main))
      return { figure, of: 'mean', note: joined(high, now, manySeries(seriesTotal)), trail }
    }
  }
}

/** The lowest, the mean and the highest of what is known; undefined: nothing is. */
export function extremes(
  points: Points,
): { readonly lowest: number; readonly mean: number; readonly highest: number } | undefined {
  const known = points.filter((point) => point !== null)
  if (known.length === 0) return undefined
  const sum = known.reduce((total, point) => total + point, 0)
  return { lowest: Math.min(...known), mean: sum / known.length, highest: Math.max(...known) }
}

/** Metrics by their group, in the order in which they came. */
export function byGroup(
  metrics: readonly ToldMetric[],
): readonly (readonly [group: string, metrics: readonly ToldMetric[]])[] {
  const groups = new Map<string, ToldMetric[]>()
  for (const metric of metrics) {
    const known = groups.get(metric.group)
    if (known === undefined) groups.set(metric.group, [metric])
    else known.push(metric)
  }
  return [...groups]
}
