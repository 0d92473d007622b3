/**
 * cluster/metrics: the metrics of many nodes as those of one: sums of what can be summed, means by
 * how much was observed, each series with its node, all lines on one axis of time. Pure.
 *
 * Quantiles of several nodes cannot be put together, so that there are none of all.
 * Limits: `METRICS_MAX` metrics, `SERIES_MAX` series of each, `GROUPS_MAX` groups.
 */
import type { MetricGroup, MetricLine, MetricSeries, MetricSheet, MetricsSheet } from 'troupe'
import type { ClusterMetrics } from '#observer/contract/api'
import { grouped } from './grouped.js'
import { type Axis, added, aligned, commonEnd, placed } from './history.js'

const METRICS_MAX = 500
const SERIES_MAX = 100
const GROUPS_MAX = 200
/** As many points as a node tells of one line. */
const POINTS_MAX = 360
const STEP_MIN_MS = 1_000

type Fields = Readonly<Record<string, unknown>>
type Lines = MetricSeries['lines']

/** One metric as one node tells it, on the axis of all. */
interface Seen {
  readonly node: string
  readonly metric: MetricSheet
}

/** `nowMs` is our own wall clock; `asked` what the nodes were asked for. */
export function clusterMetrics(
  told: readonly MetricsSheet[],
  nowMs: number,
  asked: Fields = {},
): Omit<ClusterMetrics, 'missing'> {
  const keeping = told.filter(({ state }) => state === 'kept')
  const axis = axisOf(keeping, nowMs)
  const seen = keeping.flatMap((sheet) => onAxis(sheet, axis, nowMs))
  const byName = [...grouped(seen, ({ metric }) => metric.name).values()]
  const all = byName.map((of) => metricOf(of, asked)).sort(inOrder)
  // Each node has cut its own by the limit, so that no group is missing.
  const metrics = all.slice(0, METRICS_MAX)
  const total = (read: (sheet: MetricsSheet) => number): number =>
    keeping.reduce((sum, sheet) => sum + read(sheet), 0)
  const groups = groupsOf(keeping)
  return {
    ...{ timeMs: nowMs, state: keeping.length > 0 ? 'kept' : 'none' },
    keeping: keeping.map(({ node }) => node),
    without: told.filter(({ state }) => state !== 'kept').map(({ node }) => node),
    readMs: Math.min(nowMs, ...keeping.map((sheet) => aligned(stampOf(sheet), nowMs).untilMs)),
    ...{ groups: groups.slice(0, GROUPS_MAX), groupsTotal: groups.length, metrics },
    metricsTotal: Math.max(all.length, ...keeping.map(({ metricsTotal }) => metricsTotal)),
    ...{ seriesTotal: total((sheet) => sheet.seriesTotal), unread: total(({ unread }) => unread) },
    history: {
      ...{ stepMs: axis.stepMs, untilMs: axis.untilMs },
      kept: total(({ history }) => history.kept),
      leftOut: total(({ history }) => history.leftOut),
    },
  }
}

/** When it was read, by our clock: what is told of lines holds for it as well. */
const stampOf = ({ timeMs, readMs }: MetricsSheet) => ({ timeMs, untilMs: readMs, stepMs: 1 })

const lineTimes = ({ timeMs, history: { stepMs, untilMs } }: MetricsSheet) => ({
  ...{ timeMs, stepMs, untilMs },
})

const linesIn = ({ metrics }: MetricsSheet): readonly (readonly (number | null)[])[] =>
  metrics.flatMap(({ all, series }) =>
    [...series, ...(all == null ? [] : [all])].flatMap(({ lines }) => Object.values(lines)),
  )

/** The coarsest step of all nodes, until all have a point, and as far back as the longest line. */
function axisOf(keeping: readonly MetricsSheet[], nowMs: number): Axis {
  const times = keeping.map((sheet) => aligned(lineTimes(sheet), nowMs))
  const stepMs = Math.max(STEP_MIN_MS, ...times.map((one) => one.stepMs))
  const untilMs = commonEnd(times, stepMs)
  const spans = keeping.map((sheet, at) => {
    const longest = Math.max(0, ...linesIn(sheet).map((line) => line.length))
    return longest * (times[at]?.stepMs ?? stepMs)
  })
  const count = Math.min(POINTS_MAX, Math.ceil(Math.max(0, ...spans) / stepMs))
  return { stepMs, untilMs, count }
}

function onAxis(sheet: MetricsSheet, axis: Axis, nowMs: number): readonly Seen[] {
  const times = aligned(lineTimes(sheet), nowMs)
  const moved = (series: MetricSeries): MetricSeries => ({
    ...series,
    lines: Object.fromEntries(
      Object.entries(series.lines).map(([name, line]) => [name, placed(line, times, axis)]),
    ),
  })
  return sheet.metrics.map((metric) => ({
    node: sheet.node,
    metric: {
      ...metric,
      all: metric.all == null ? undefined : moved(metric.all),
      series: metric.series.map(moved),
    },
  }))
}

/** One metric of all nodes; those that call something else by its name are left out. */
function metricOf(seen: readonly Seen[], asked: Fields): MetricSheet {
  const [{ metric: first }] = seen as readonly [Seen, ...Seen[]]
  const alike = seen.filter(({ metric }) => metric.type === first.type)
  const isWhole = asked['name'] !== undefined || first.type === 'gauge'
  const series = alike.flatMap(({ node, metric }) => {
    const main = metric.all ?? metric.series[0]
    const those = isWhole ? metric.series : main === undefined ? [] : [main]
    return those.map((one) => ({ ...one, labels: [['node', node] as const, ...one.labels] }))
  })
  const mains = alike.map(({ metric }) => metric.all ?? metric.series[0])
  const most = within(asked['series'], SERIES_MAX)
  return {
    ...first,
    seriesTotal: alike.reduce((sum, { metric }) => sum + metric.seriesTotal, 0),
    all: first.type === 'gauge' ? undefined : together(mains.filter((one) => one !== undefined)),
    series: series.sort((one, other) => rankOf(other) - rankOf(one)).slice(0, most),
  }
}

/** What is no number comes last. */
const rankOf = ({ value }: MetricSeries): number =>
  typeof value === 'number' ? value : value === '+Inf' ? Number.MAX_VALUE : -Number.MAX_VALUE

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

function together(mains: readonly MetricSeries[]): MetricSeries | undefined {
  const [first] = mains
  if (first === undefined || mains.length === 1) return first
  const sum = mains.reduce((total, one) => total + numberOf(one.sum), 0)
  return {
    ...{ labels: [], quantiles: [], ranges: rangesOf(mains) },
    value: mains.reduce((total, { value }) => total + numberOf(value), 0),
    sum: first.sum == null ? undefined : sum,
    lines: linesOf(mains.map(({ lines }) => lines)),
  }
}

/** Where all have the same bounds. */
function rangesOf(mains: readonly MetricSeries[]): MetricSeries['ranges'] {
  const [first, ...others] = mains.map(({ ranges }) => ranges)
  if (first === undefined) return []
  const isSame = others.every(
    (one) => one.length === first.length && one.every(([upTo], at) => upTo === first[at]?.[0]),
  )
  if (!isSame) return []
  return first.map(([upTo, counted], at) => [
    upTo,
    others.reduce((sum, one) => sum + numberOf(one[at]?.[1]), numberOf(counted)),
  ])
}

function linesOf(all: readonly Lines[]): Lines {
  const rates = all.map(({ perSecond }) => perSecond ?? [])
  const count = Math.max(0, ...rates.map((line) => line.length))
  if (count === 0) return {}
  const at = (place: number, line: MetricLine): readonly (number | null)[] =>
    all.map((lines) => lines[line]?.[place] ?? null)
  const perSecond = Array.from({ length: count }, (_, place) => added(at(place, 'perSecond')))
  if (all.every(({ mean }) => mean === undefined)) return { perSecond }
  const mean = Array.from({ length: count }, (_, place) =>
    weighted(at(place, 'mean'), at(place, 'perSecond')),
  )
  return { perSecond, mean }
}

/** The mean of all, each by how much was observed. */
function weighted(
  means: readonly (number | null)[],
  rates: readonly (number | null)[],
): number | null {
  const known = means.flatMap((mean, at) =>
    mean === null ? [] : [[mean, rates[at] ?? 0] as const],
  )
  const weight = known.reduce((sum, [, rate]) => sum + rate, 0)
  return weight > 0 ? known.reduce((sum, [mean, rate]) => sum + mean * rate, 0) / weight : null
}

/** Nodes of one program have the same groups: the largest stands for all. */
function groupsOf(keeping: readonly MetricsSheet[]): readonly MetricGroup[] {
  const byName = grouped(
    keeping.flatMap(({ groups }) => groups),
    ({ name }) => name,
  )
  return [...byName.values()]
    .map((those) => those.reduce((one, other) => (other.metrics > one.metrics ? other : one)))
    .sort(inOrder)
}

interface Ordered {
  readonly own: boolean
  readonly name: string
}

const inOrder = (one: Ordered, other: Ordered): number =>
  Number(other.own) - Number(one.own) || (one.name < other.name ? -1 : 1)

const within = (value: unknown, most: number): number =>
  typeof value === 'number' && value >= 0 ? Math.min(most, value) : most
