/** cluster/metrics: what all nodes measure, as one: literal sums, means and lines on one axis. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MetricSeries, MetricSheet, MetricsSheet } from 'troupe'
import { readAddress } from '#observer/ask/asked'
import { clusterMetrics } from '#observer/cluster/metrics'
import type { ClusterMetrics } from '#observer/contract/api'
import { Teller } from '#observer/hub/teller'
import { VIEW } from '#test/hub/kit'
import { farNodes } from './far-kit.js'

const NOW_MS = 1_700_000_000_000

const series = (value: number, given: Partial<MetricSeries> = {}): MetricSeries => ({
  ...{ labels: [], value, sum: undefined, quantiles: [], ranges: [], lines: {} },
  ...given,
})

const metric = (
  type: MetricSheet['type'],
  given: readonly MetricSeries[],
  all?: MetricSeries,
): MetricSheet => ({
  ...{ name: 'm', help: 'M.', type, unit: undefined, group: 'm', own: true, all, series: given },
  seriesTotal: given.length,
})

const sheet = (
  node: string,
  metrics: readonly MetricSheet[],
  { stepMs = 10_000, state = 'kept', aheadMs = 0 } = {},
): MetricsSheet => ({
  ...{ node, state: state as 'kept', metrics, metricsTotal: metrics.length },
  ...{ timeMs: NOW_MS + aheadMs, readMs: NOW_MS + aheadMs - 1_000 },
  groups: [{ name: 'm', own: true, metrics: metrics.length }],
  ...{ groupsTotal: 1, seriesTotal: 5, unread: 1 },
  history: { stepMs, untilMs: NOW_MS + aheadMs - 5_000, kept: 4, leftOut: 2 },
})

describe('the metrics of all nodes', () => {
  it('have sums of counters, and a series for each node', () => {
    const a = sheet('a@x', [metric('counter', [series(3), series(4)], series(7))])
    const b = sheet('b@x', [metric('counter', [series(10)])])
    const { metrics, keeping, seriesTotal, unread, history } = clusterMetrics([a, b], NOW_MS)
    assert.deepEqual(keeping, ['a@x', 'b@x'])
    assert.deepEqual([seriesTotal, unread, history.kept, history.leftOut], [10, 2, 8, 4])
    const [told] = metrics
    assert.deepEqual([told?.all?.value, told?.seriesTotal], [17, 3])
    assert.deepEqual(
      told?.series.map(({ labels, value }) => [labels, value]),
      [
        [[['node', 'b@x']], 10],
        [[['node', 'a@x']], 7],
      ],
    )
  })

  it('have means by how much each node observed, and the sums of equal ranges', () => {
    const of = (value: number, sum: number, perSecond: number, mean: number) =>
      series(value, {
        ...{ sum, lines: { perSecond: [perSecond], mean: [mean], p99: [9] } },
        ranges: [
          [1, value],
          ['+Inf', 1],
        ],
        quantiles: [[0.5, 1]],
      })
    const told = [of(30, 30, 3, 1), of(10, 40, 1, 4)].map((one, at) =>
      sheet(`${at}@x`, [metric('histogram', [one])]),
    )
    const { metrics } = clusterMetrics(told, NOW_MS)
    assert.deepEqual(metrics[0]?.all, {
      ...{ labels: [], value: 40, sum: 70, quantiles: [] },
      ranges: [
        [1, 40],
        ['+Inf', 2],
      ],
      lines: { perSecond: [4], mean: [1.75] },
    })
  })

  it('have gauges side by side, without a sum; what is no number stands last', () => {
    const odd = { ...series(0), value: 'NaN' as const }
    const told = [
      sheet('a@x', [metric('gauge', [odd, series(2, { labels: [['at', 'q']] })])]),
      sheet('b@x', [metric('gauge', [series(5)])]),
    ]
    const [gauge] = clusterMetrics(told, NOW_MS).metrics
    assert.equal(gauge?.all, undefined)
    assert.deepEqual(
      gauge?.series.map(({ labels, value }) => [labels.map(([, text]) => text).join(), value]),
      [
        ['b@x', 5],
        ['a@x,q', 2],
        ['a@x', 'NaN'],
      ],
    )
  })

  it('stand on one axis of time, also of a node whose clock is wrong', () => {
    const line = { perSecond: [1, 2, 3, 4] }
    const told = [
      sheet('a@x', [metric('counter', [series(1, { lines: line })])]),
      sheet('b@x', [metric('counter', [series(2, { lines: { perSecond: [7, 8] } })])], {
        ...{ stepMs: 20_000, aheadMs: 3_600_000 },
      }),
    ]
    const { metrics, history } = clusterMetrics(told, NOW_MS)
    assert.deepEqual([history.stepMs, history.untilMs], [20_000, NOW_MS - 5_000])
    const lines = metrics[0]?.series.map(({ lines: { perSecond } }) => perSecond)
    assert.deepEqual(lines?.[0], [7, 8])
    assert.equal(lines?.[1]?.at(-1), 4)
    assert.equal(metrics[0]?.all?.lines.perSecond?.at(-1), 12)
  })

  it('have lines that end where all nodes have a point, whoever was read last', () => {
    const line = { perSecond: [1, 1, 1] }
    const one = metric('counter', [series(1, { lines: line })])
    const ahead = sheet('a@x', [one])
    const behind = sheet('b@x', [one])
    const history = { ...behind.history, untilMs: ahead.history.untilMs - 6_000 }
    const told = clusterMetrics([ahead, { ...behind, history }], NOW_MS)
    assert.equal(told.history.untilMs, history.untilMs)
    assert.deepEqual(told.metrics[0]?.all?.lines.perSecond?.slice(-2), [2, 2])
  })

  it('leave out what is another type under the same name, and are no more than wanted', () => {
    const many = Array.from({ length: 9 }, (_, at) => series(at, { labels: [['at', `${at}`]] }))
    const told = [
      sheet('a@x', [metric('gauge', many)]),
      sheet('b@x', [metric('counter', [series(99)])]),
    ]
    const [only, ...rest] = clusterMetrics(told, NOW_MS, { series: 2, limit: 5 }).metrics
    assert.deepEqual(
      only?.series.map(({ value }) => value),
      [8, 7],
    )
    assert.deepEqual(rest, [])
  })

  it('are told with who keeps none, and who has answered what cannot be read', async () => {
    const answers: Readonly<Record<string, unknown>> = {
      'a@x': sheet('a@x', [metric('counter', [series(3)])]),
      'b@x': sheet('b@x', [], { state: 'none' }),
      'c@x': { state: 'kept' },
    }
    const { verbs, watch, clock } = farNodes(Object.keys(answers), ({ node, request }) =>
      request === 'metrics' ? answers[node] : undefined,
    )
    const teller = new Teller({
      ...{ verbs, sheet: (sees) => watch.sheet(sees), nodes: () => watch.nodes() },
      audit: () => [],
    })
    const asked = readAddress('/cluster/metrics?search=m')
    const told = (await clock.until(teller.tell(asked, VIEW))) as ClusterMetrics
    assert.deepEqual([told.keeping, told.without, told.state], [['a@x'], ['b@x'], 'kept'])
    assert.deepEqual(
      told.missing.map(({ node, problem }) => [node, problem.code]),
      [['c@x', 'ANSWER_UNREADABLE']],
    )
    assert.equal(clusterMetrics([], NOW_MS).state, 'none')
  })
})
