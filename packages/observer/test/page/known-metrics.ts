/**
 * Metrics of the known node in which no two figures are alike.
 */
import type { MetricSeries, MetricSheet, MetricsSheet } from 'troupe'
import { EPOCH_MS } from './fixtures.js'

const series = (
  given: Partial<MetricSeries>,
  ...labels: readonly (readonly [string, string])[]
): MetricSeries => ({
  ...{ labels, value: 0, sum: undefined, quantiles: [], ranges: [], lines: {} },
  ...given,
})

const took = (from: number): Partial<MetricSeries> => ({
  ...{ value: from, sum: (from * (from + 1)) / 1_000 },
  quantiles: [
    [0.5, (from + 2) / 1_000],
    [0.9, (from + 3) / 1_000],
    [0.99, (from + 4) / 1_000],
  ],
  lines: {
    ...{ perSecond: [from + 5], mean: [(from + 6) / 1_000] },
    ...{ p50: [(from + 7) / 1_000], p99: [(from + 8) / 1_000] },
  },
})

const ranges: MetricSeries['ranges'] = [
  [0.401, 402],
  [0.403, 404],
  ['+Inf', 405],
]

const METRICS: readonly MetricSheet[] = [
  {
    ...{ name: 'shop_order_seconds', help: 'Orders.', type: 'histogram', group: 'shop' },
    ...{ unit: 'seconds', own: true, seriesTotal: 2, all: series({ ...took(410), ranges }) },
    series: [series(took(421), ['kind', 'express']), series(took(431), ['kind', 'usual'])],
  },
  {
    ...{ name: 'shop_orders_total', help: 'Taken.', type: 'counter', group: 'shop', own: true },
    ...{
      unit: undefined,
      seriesTotal: 441,
      all: series({ value: 442, lines: { perSecond: [447, 443, 448] } }),
    },
    series: [series({ value: 444, lines: { perSecond: [445] } }, ['item', 'tea'], ['to', 'a'])],
  },
  {
    ...{ name: 'shop_stock_bytes', help: 'Stock.', type: 'gauge', group: 'shop', own: true },
    ...{ unit: 'bytes', seriesTotal: 451, all: undefined },
    series: [
      series({ value: 452 * 1_024, lines: { value: [453 * 1_024, 455 * 1_024] } }, ['at', 'x']),
      series({ value: 'NaN' }, ['at', 'y']),
    ],
  },
  {
    ...{ name: 'troupe_cpu_user_seconds_total', help: 'CPU.', type: 'counter' },
    ...{ unit: 'seconds', group: 'troupe program', own: false, seriesTotal: 1, all: undefined },
    series: [series({ value: 0.461, lines: { perSecond: [0.462] } })],
  },
]

/** What the known node tells of its metrics. */
export function knownMetrics(node: string, query: URLSearchParams): MetricsSheet {
  const name = query.get('name')
  const metrics = METRICS.filter((one) => name === null || one.name === name)
  return {
    ...{ node, timeMs: EPOCH_MS, state: 'kept', readMs: EPOCH_MS, metrics },
    groups: [
      { name: 'shop', own: true, metrics: 471 },
      { name: 'troupe program', own: false, metrics: 472 },
    ],
    ...{ groupsTotal: 2, metricsTotal: metrics.length + (name === null ? 473 : 0) },
    ...{ seriesTotal: 474, unread: 475 },
    history: { stepMs: 10_000, untilMs: EPOCH_MS, kept: 476, leftOut: 477 },
  }
}
