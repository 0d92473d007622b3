/**
 * look/answer: what is told of metrics that were read: chosen, cut, and with the lines that are
 * kept of them.
 *
 * Limits: `ANSWER_CHARS_MAX` characters, about, over all metrics; whatever is left out is counted.
 */
import type {
  MetricGroup,
  MetricLine,
  MetricNumber,
  MetricSeries,
  MetricSheet,
  MetricsWish,
} from 'troupe'
import { QUICK_ITEMS, type Work } from '#metrics/gather/slices'
import { keyIn, type Lines, type LinesPart, type SeriesHistory } from './history.js'
import { quantileOf } from './quantiles.js'
import type { MetricReading, SeriesReading } from './readings.js'
import { sorted } from './sorted.js'
import { SUMMED, together } from './together.js'

export const ANSWER_CHARS_MAX = 262_144
const POINT_CHARS = 4
const SHARES = [0.5, 0.9, 0.99]
/** Digits that are told of what is worked out. */
const DIGITS = 6

/** What was read, in order, and what is kept. */
export interface Known {
  readonly metrics: readonly MetricReading[]
  readonly history: SeriesHistory
  readonly nowMs: number
}

/** Metrics that are meant, as they come, some of each group, and so much of them as fits. */
export function* chosen(
  { metrics, history, nowMs }: Known,
  wish: MetricsWish,
): Work<{ readonly metrics: readonly MetricSheet[]; readonly metricsTotal: number }> {
  const isMeant = meantBy(wish)
  const meant: MetricReading[] = []
  for (const [at, metric] of metrics.entries()) {
    if (at % QUICK_ITEMS === QUICK_ITEMS - 1) yield
    if (isMeant(metric)) meant.push(metric)
  }
  const told: MetricSheet[] = []
  let left = ANSWER_CHARS_MAX
  for (const metric of yield* shared(meant, wish.limit)) {
    if (left <= 0) break
    const teller = new Teller({ history, nowMs, wish, metric })
    told.push(yield* teller.sheet(left))
    left = teller.left
    yield
  }
  return { metrics: told, metricsTotal: meant.length }
}

/** The same number of each group, so that none is missing; what room is left goes to the first. */
function* shared(meant: readonly MetricReading[], limit: number): Work<readonly MetricReading[]> {
  if (meant.length <= limit) return meant
  const sizes = new Map<string, number>()
  for (const { group } of meant) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  yield
  const withEach = (each: number): number =>
    [...sizes.values()].reduce((sum, size) => sum + Math.min(size, each), 0)
  let each = 0
  while (withEach(each + 1) <= limit) {
    each += 1
    yield
  }
  let spare = limit - withEach(each)
  const taken = new Map<string, number>()
  return meant.filter(({ group }) => {
    const before = taken.get(group) ?? 0
    if (before >= each && spare <= 0) return false
    if (before >= each) spare -= 1
    taken.set(group, before + 1)
    return true
  })
}

/** All groups by name, those of the program first. */
export function* groupsOf(metrics: readonly MetricReading[]): Work<readonly MetricGroup[]> {
  const groups = new Map<string, { name: string; own: boolean; metrics: number }>()
  for (const [at, { group, own }] of metrics.entries()) {
    if (at % QUICK_ITEMS === QUICK_ITEMS - 1) yield
    const known = groups.get(group) ?? { name: group, own, metrics: 0 }
    known.metrics += 1
    known.own ||= own
    groups.set(group, known)
  }
  return yield* sorted([...groups.values()], inOrder)
}

interface Ordered {
  readonly own: boolean
  readonly name: string
}

/** Those of the program first, then by name. */
export const inOrder = (one: Ordered, other: Ordered): number =>
  Number(other.own) - Number(one.own) || (one.name < other.name ? -1 : 1)

function meantBy({ search, group, name }: MetricsWish): (metric: MetricReading) => boolean {
  if (name !== undefined) return (metric) => metric.name === name
  const words = search?.toLowerCase() ?? ''
  return (metric) =>
    (group === undefined || metric.group === group) &&
    (metric.name.toLowerCase().includes(words) || metric.help.toLowerCase().includes(words))
}

/** A number as JSON can hold it. */
export function numberOf(value: number): MetricNumber {
  if (Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}

const short = (value: number): number => Number(value.toPrecision(DIGITS))

interface TellerParts {
  readonly history: SeriesHistory
  readonly nowMs: number
  readonly wish: MetricsWish
  readonly metric: MetricReading
}

/** Tells of one metric. */
class Teller {
  readonly #parts: TellerParts
  readonly #part: LinesPart
  /** Characters that may still be told. */
  left = 0

  constructor(parts: TellerParts) {
    this.#parts = parts
    this.#part = { lastMs: parts.wish.lastMs, points: parts.wish.points }
  }

  *sheet(left: number): Work<MetricSheet> {
    const { metric, wish } = this.#parts
    const { name, help, type, unit, group, own, series } = metric
    const about = { name, help, type, unit, group, own, seriesTotal: series.length }
    this.left = left - JSON.stringify(about).length
    const isSummed = type !== 'gauge' && series.length > 1
    const all = isSummed ? this.#counted(yield* this.#all()) : undefined
    const told: MetricSeries[] = []
    for (const one of yield* highest(series, wish.series)) {
      if (this.left <= 0) break
      yield
      told.push(this.#counted(this.#series(one, this.#linesOf(one))))
    }
    return { ...about, all, series: told }
  }

  *#all(): Work<MetricSeries> {
    const { metric } = this.#parts
    const sum = yield* together(metric.series, (one) => this.#linesOf(one, SUMMED))
    return this.#series(sum.reading, sum.lines)
  }

  #linesOf(reading: SeriesReading, wanted?: ReadonlySet<MetricLine>): Lines {
    const { history, nowMs, metric, wish } = this.#parts
    if (wish.points === 0) return {}
    return history.lines(keyIn(metric, reading), nowMs, this.#part, wanted) ?? {}
  }

  #series({ labels, value, sum, ranges, quantiles }: SeriesReading, lines: Lines): MetricSeries {
    const isWhole = this.#parts.wish.name !== undefined && ranges !== undefined
    const told =
      ranges === undefined ? quantiles : SHARES.map((at) => [at, quantileOf(ranges, at)] as const)
    return {
      ...{ labels, value: numberOf(value) },
      sum: sum === undefined ? undefined : numberOf(sum),
      quantiles: told.map(([share, at]) => [share, numberOf(Number.isFinite(at) ? short(at) : at)]),
      ranges: isWhole
        ? ranges.counts.map((count, at) => [
            numberOf(ranges.bounds[at] ?? Number.POSITIVE_INFINITY),
            count,
          ])
        : [],
      lines: Object.fromEntries(
        Object.entries(lines).map(([name, line]) => [
          name,
          line.map((point) => (point === null ? null : short(point))),
        ]),
      ),
    }
  }

  /** A point counts for more than it takes: who reads an answer bounds its values, too. */
  #counted(series: MetricSeries): MetricSeries {
    const points = Object.values(series.lines).reduce((sum, line) => sum + line.length, 0)
    this.left -= JSON.stringify(series).length + points * POINT_CHARS
    return series
  }
}

/** The highest few; what is no number comes last. */
function* highest(series: readonly SeriesReading[], most: number): Work<readonly SeriesReading[]> {
  const rank = ({ value }: SeriesReading): number =>
    Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value
  const compare = (one: SeriesReading, other: SeriesReading): number => {
    const [first, second] = [rank(one), rank(other)]
    return first === second ? (one.key < other.key ? -1 : 1) : second - first
  }
  const best: SeriesReading[] = []
  for (const [place, one] of (most > 0 ? series : []).entries()) {
    if (place % QUICK_ITEMS === QUICK_ITEMS - 1) yield
    const last = best.at(-1)
    const isOut = best.length === most && last !== undefined && compare(one, last) >= 0
    if (isOut) continue
    let at = best.length
    while (at > 0 && compare(one, best[at - 1] as SeriesReading) < 0) at -= 1
    best.splice(at, 0, one)
    if (best.length > most) best.pop()
  }
  return best
}
