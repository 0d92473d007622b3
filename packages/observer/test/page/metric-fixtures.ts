/**
 * page/metric-fixtures: metrics of a node of a shop, as the fake server tells them: each type, with
 * and without labels, in seconds and bytes, and labels that mean harm.
 */
import type { MetricSeries, MetricSheet, MetricsSheet, MetricUnit } from 'troupe'
import type { ClusterMetrics } from '#observer/contract/api'

const STEP_MS = 10_000

const points = (length: number, of: (at: number) => number): readonly (number | null)[] =>
  Array.from({ length }, (_, at) => (at === 9 ? null : Number(of(at).toPrecision(6))))

/** Goes up and down, always the same way, around `middle`. */
const wave =
  (middle: number, phase: number, timeMs: number) =>
  (at: number): number =>
    middle *
    (1 + 0.4 * Math.sin((at + phase * 7 + timeMs / STEP_MS) / 6) + 0.1 * Math.cos(at * phase))

const BARE = { sum: undefined, quantiles: [], ranges: [], lines: {} }

interface Of {
  readonly length: number
  readonly timeMs: number
  readonly whole: boolean
}

const labelsOf = (labels: Readonly<Record<string, string>>): MetricSeries['labels'] =>
  Object.entries(labels)

const gauge = (
  labels: Readonly<Record<string, string>>,
  middle: number,
  { length, timeMs }: Of,
): MetricSeries => {
  const value = points(length, wave(middle, middle % 5, timeMs))
  return { ...BARE, labels: labelsOf(labels), value: value.at(-1) ?? 0, lines: { value } }
}

const counter = (
  labels: Readonly<Record<string, string>>,
  perSecond: number,
  { length, timeMs }: Of,
): MetricSeries => ({
  ...{ ...BARE, labels: labelsOf(labels), value: Math.round(perSecond * 3_600 + timeMs / 1e9) },
  lines: { perSecond: points(length, wave(perSecond, perSecond % 5, timeMs)) },
})

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const
const COUNTS = [120, 480, 1_310, 2_204, 1_602, 744, 210, 61, 12, 3] as const

function histogram(
  labels: Readonly<Record<string, string>>,
  middle: number,
  { length, timeMs, whole }: Of,
): MetricSeries {
  const line = (of: number) => points(length, wave(of, middle * 100, timeMs))
  return {
    ...{ labels: labelsOf(labels), value: 6_746, sum: Number((6_746 * middle).toFixed(3)) },
    quantiles: [
      [0.5, middle * 0.8],
      [0.9, middle * 2.4],
      [0.99, middle * 7],
    ],
    ranges: whole ? COUNTS.map((counted, at) => [BOUNDS[at] ?? '+Inf', counted]) : [],
    lines: {
      ...{ perSecond: line(1.9), mean: line(middle), p50: line(middle * 0.8) },
      p99: line(middle * 7),
    },
  }
}

type About = readonly [name: string, help: string, type: MetricSheet['type'], group: string]

function metric(
  [name, help, type, group]: About,
  series: readonly MetricSeries[],
  all?: MetricSeries,
): MetricSheet {
  const own = !group.startsWith('troupe ')
  const unit = /_(seconds|bytes|ratio)(_total)?$/.exec(name)?.[1] as MetricUnit | undefined
  return { name, help, type, unit, group, own, seriesTotal: series.length, all, series }
}

const HOSTILE = '<img src=x onerror="globalThis.broken=1">\n\u202e'

const all = (of: Of): readonly MetricSheet[] => [...ofShop(of), ...ofWeb(of), ...ofTroupe(of)]

function ofShop(of: Of): readonly MetricSheet[] {
  const items = ['teapots', 'tea', 'jam', 'honey'] as const
  return [
    metric(
      ['shop_order_seconds', 'How long an order takes.', 'histogram', 'shop'],
      [histogram({ kind: 'express' }, 0.024, of), histogram({ kind: 'usual' }, 0.061, of)],
      { ...histogram({}, 0.043, of), value: 13_492 },
    ),
    metric(
      ['shop_orders_total', 'Orders that were taken.', 'counter', 'shop'],
      items.map((item, at) => counter({ item }, 12 - at * 2.5, of)),
      { ...counter({}, 33, of), value: 118_800 },
    ),
    metric(
      ['shop_queue_length', 'Orders that wait.', 'gauge', 'shop'],
      [gauge({ desk: 'north' }, 41, of), gauge({ desk: 'south' }, 17, of)],
    ),
    metric(
      ['shop_stock_bytes', 'What the stock list takes.', 'gauge', 'shop'],
      [gauge({}, 48_000_000, of)],
    ),
  ]
}

function ofWeb(of: Of): readonly MetricSheet[] {
  return [
    metric(['web_requests_total', 'Requests.', 'counter', 'web'], [counter({}, 212, of)]),
    metric(
      ['web_request_seconds', 'How long a request takes.', 'histogram', 'web'],
      [histogram({}, 0.009, of)],
    ),
    metric(
      ['web_sent_bytes_total', 'What was sent.', 'counter', 'web'],
      [counter({}, 1_310_000, of)],
    ),
    metric(['web_connections', 'Open connections.', 'gauge', 'web'], [gauge({}, 86, of)]),
    metric(
      ['till_open', 'Whether the till is open.', 'gauge', 'till'],
      [
        { ...BARE, labels: [['till', HOSTILE]], value: 'NaN', lines: {} },
        { ...BARE, labels: [['till', 'x'.repeat(255)]], value: '-Inf', lines: {} },
      ],
    ),
  ]
}

function ofTroupe(of: Of): readonly MetricSheet[] {
  return [
    metric(
      ['troupe_messages_handled_total', 'Messages handled.', 'counter', 'troupe messages'],
      [counter({}, 1_840, of)],
    ),
    metric(
      ['troupe_messages_waiting', 'In all mailboxes.', 'gauge', 'troupe messages'],
      [gauge({}, 33, of)],
    ),
    metric(
      ['troupe_memory_heap_used_bytes', 'Heap in use.', 'gauge', 'troupe program'],
      [gauge({}, 96_000_000, of)],
    ),
    metric(
      ['troupe_event_loop_utilization_ratio', 'Loop busy.', 'gauge', 'troupe program'],
      [gauge({}, 0.31, of)],
    ),
  ]
}

/** What a node tells of its metrics. */
export function metricsOf(
  node: string,
  query: URLSearchParams,
  timeMs: number,
  state: MetricsSheet['state'] = 'kept',
): MetricsSheet {
  const nothing = { groups: [], groupsTotal: 0, metrics: [], metricsTotal: 0, seriesTotal: 0 }
  const none = { stepMs: 0, untilMs: 0, kept: 0, leftOut: 0 }
  const about = { node, timeMs, state }
  if (state !== 'kept') return { ...about, ...nothing, readMs: 0, unread: 0, history: none }
  const [name, search = '', group] = ['name', 'search', 'group'].map(
    (field) => query.get(field) ?? undefined,
  )
  const lastMs = Number(query.get('lastMs') ?? 3_600_000)
  const length = Math.min(Number(query.get('points') ?? 60), lastMs / STEP_MS)
  const told = all({ length, timeMs, whole: name !== undefined })
  const meant = told.filter(
    (one) =>
      (name === undefined || one.name === name) &&
      (group === undefined || one.group === group) &&
      one.name.includes(search),
  )
  const names = [...new Set(told.map((one) => one.group))]
  const most = Number(query.get('series') ?? 5)
  return {
    ...{ ...about, readMs: timeMs, unread: 0, seriesTotal: 203, groupsTotal: names.length },
    groups: names.map((of) => ({
      ...{ name: of, own: !of.startsWith('troupe ') },
      metrics: told.filter((one) => one.group === of).length,
    })),
    metrics: meant.map((one) => ({ ...one, series: one.series.slice(0, most) })),
    metricsTotal: meant.length,
    history: { stepMs: lastMs / length, untilMs: timeMs, kept: 92, leftOut: 0 },
  }
}

/** The same of all nodes together, of which the last two measure nothing. */
export function clusterMetricsOf(
  names: readonly string[],
  query: URLSearchParams,
  timeMs: number,
  state: 'kept' | 'none' = 'kept',
): ClusterMetrics {
  const { node: _node, metrics, ...rest } = metricsOf('', query, timeMs, state)
  const keeping = state === 'kept' ? names.slice(0, -2) : []
  const named = metrics.map((one): MetricSheet => {
    const series = one.series.map((each, at) => {
      const label = ['node', keeping[at % keeping.length] ?? ''] as const
      return { ...each, labels: [label, ...each.labels] }
    })
    return { ...one, series }
  })
  const without = names.filter((name) => !keeping.includes(name))
  return { ...rest, state, metrics: named, keeping, without, missing: [] }
}
