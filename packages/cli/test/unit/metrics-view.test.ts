/**
 * unit/metrics-view: what is printed of the metrics of a node; also of one that answers nonsense.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '#terminal/paint'
import { metricLines, seriesLines } from '#view/metrics-view'

const wide = { width: Number.POSITIVE_INFINITY, paint: plain }

const took = {
  ...{ labels: [['kind', 'express']], value: 421, sum: 42.1 },
  quantiles: [
    [0.5, 0.07],
    [0.99, 0.425],
  ],
  lines: { perSecond: [1.5, 2.5, null], mean: [0.1] },
}
const seconds = {
  ...{ name: 'shop_order_seconds', help: 'Orders.', type: 'histogram', seriesTotal: 3 },
  unit: 'seconds',
  ...{ all: { ...took, labels: [], value: 842 }, series: [took] },
}
const stock = {
  ...{ name: 'shop_stock_bytes', help: 'Stock.', type: 'gauge', seriesTotal: 2 },
  unit: 'bytes',
  series: [{ labels: [['at', 'x']], value: 2_048, quantiles: [], lines: { value: [1] } }],
}
const sales = {
  ...{ name: 'shop_sales_total', type: 'counter', seriesTotal: 1 },
  series: [{ labels: [], value: 12_345, quantiles: [], lines: { perSecond: [12] } }],
}
const cpu = {
  ...{ name: 'troupe_cpu_user_seconds_total', type: 'counter', unit: 'seconds', seriesTotal: 1 },
  series: [{ labels: [], value: 90, quantiles: [], lines: { perSecond: [0.0304] } }],
}
const odd = { name: 'odd', type: 'gauge', seriesTotal: 1, series: [{ value: 'NaN' }] }

describe('the metrics of a node', () => {
  it('are a line each, with what each kind tells', () => {
    const metrics = [seconds, stock, sales, odd]
    deepEqual(metricLines({ node: 'b@c', metrics, metricsTotal: 9 }, wide), [
      'b@c',
      'METRIC              TYPE       SERIES   VALUE  A SECOND   MEAN     P99',
      'shop_order_seconds  histogram       3     842       2.5  50 ms  425 ms',
      'shop_stock_bytes    gauge           2  2.0 KB         -      -       -',
      'shop_sales_total    counter         1  12,345        12      -       -',
      'odd                 gauge           1     NaN         -      -       -',
      '5 more: ask for a part with --search',
    ])
  })

  it('have rates of their own unit', () => {
    const [, , line = ''] = metricLines({ node: 'b@c', metrics: [cpu], metricsTotal: 1 }, wide)
    deepEqual(line.split(/ {2,}/).slice(3, 5), ['1m 30s', '30 ms/s'])
  })

  it('have a line for each series where one of them is asked for', () => {
    deepEqual(seriesLines({ node: 'b@c', metrics: [seconds] }, wide), [
      'shop_order_seconds',
      'histogram: Orders.',
      'SERIES        VALUE  A SECOND    MEAN    P50     P99',
      'kind=express    421       2.5  100 ms  70 ms  425 ms',
      '2 more, which are lower',
    ])
  })

  it('say that there are none, and why', () => {
    const none = 'no metrics: start the application metrics() of @troupe/metrics there'
    deepEqual(metricLines({ node: 'b@c', state: 'none' }, wide), ['b@c', none])
    const silent = 'its process metrics does not answer'
    deepEqual(seriesLines({ node: 'b@c', state: 'silent', metrics: [] }, wide), ['b@c', silent])
  })

  it('are printed whatever a node answers', () => {
    const hostile = {
      ...{ name: 'a\u001b[2Jb\n', type: 7, seriesTotal: 'x', help: {} },
      series: [{ labels: [['l', '\u202e\u0007'], 7], value: {}, lines: 7, quantiles: 'x' }],
    }
    for (const lines of [metricLines, seriesLines]) {
      const told = lines({ node: {}, metrics: [hostile, 7, undefined], metricsTotal: 1 }, wide)
      deepEqual(
        told.filter((line) => /[\p{Cc}\u202e]/u.test(line)),
        [],
      )
    }
  })
})
