/** page/model/metrics: in which unit a value stands, and what stands for a metric. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MetricSeries, MetricSheet } from 'troupe'
import {
  byGroup,
  extremes,
  formatOf,
  lastOf,
  meanOf,
  rateFormatOf,
  valueText,
  wordsOf,
} from '#page/model/metrics'

const series = (given: Partial<MetricSeries>): MetricSeries => ({
  ...{ labels: [], value: 0, sum: undefined, quantiles: [], ranges: [], lines: {} },
  ...given,
})
const metric = (given: Partial<MetricSheet>): MetricSheet => ({
  ...{ name: 'x', help: '', type: 'gauge', unit: undefined, group: 'x', own: true, seriesTotal: 1 },
  ...{ all: undefined, series: [] },
  ...given,
})

describe('a value', () => {
  it('stands in the unit that is told of it', () => {
    assert.equal(formatOf({ unit: 'seconds' })(0.0123), '12.3 ms')
    assert.equal(formatOf({ unit: 'seconds' })(90), '1 m 30 s')
    assert.equal(formatOf({ unit: 'seconds' })(2), '2.0 s')
    assert.equal(formatOf({ unit: 'bytes' })(1_536), '1.50 KiB')
    assert.equal(formatOf({ unit: 'ratio' })(0.5), '50 %')
    assert.equal(formatOf({ unit: undefined })(118_800), '118,800')
    assert.equal(formatOf({ unit: undefined })(6_630_000), '6.63M')
    assert.equal(formatOf({ unit: undefined })(-2.5), '-2.50')
  })

  it('has a rate of its own unit', () => {
    assert.equal(rateFormatOf({ unit: undefined })(12.34), '12.3/s')
    assert.equal(rateFormatOf({ unit: 'bytes' })(2_048), '2.00 KiB/s')
    assert.equal(rateFormatOf({ unit: 'seconds' })(0.25), '250 ms/s')
    assert.equal(rateFormatOf({ unit: 'bytes' })(undefined), '–')
  })

  it('is a word where it is no number', () => {
    assert.equal(valueText('NaN', formatOf({ unit: 'seconds' })), 'NaN')
    assert.equal(valueText('+Inf', formatOf({ unit: 'bytes' })), '+Inf')
    assert.equal(valueText(undefined, formatOf({ unit: 'bytes' })), '–')
  })
})

describe('what stands for a metric', () => {
  it('is nothing where it has no series', () => {
    assert.deepEqual(wordsOf(metric({ seriesTotal: 0 })), {
      ...{ figure: '–', of: '', note: '', trail: [] },
    })
  })

  it('is the highest series of a gauge, with its labels', () => {
    const one = series({ value: 7, labels: [['a', 'b']], lines: { value: [1, null] } })
    assert.deepEqual(wordsOf(metric({ seriesTotal: 3, series: [one] })), {
      ...{ figure: '7', of: 'highest', note: '3 series · a=b', trail: [1, null] },
    })
  })

  it('is the sum of a counter without a rate where no history is kept', () => {
    const all = series({ value: 7 })
    const given = metric({ type: 'counter', seriesTotal: 2, all, series: [series({ value: 6 })] })
    assert.deepEqual(wordsOf(given), { figure: '7', of: '', note: '2 series', trail: [] })
  })

  it('is the mean of a histogram: of the last step, else of all', () => {
    const one = series({ value: 4, sum: 2, quantiles: [[0.99, 3]] })
    const given = metric({ unit: 'seconds', type: 'histogram', series: [one] })
    assert.deepEqual(wordsOf(given), {
      ...{ figure: '500 ms', of: 'mean', note: 'p99 3.0 s · 4 seen', trail: [] },
    })
    assert.equal(meanOf(series({ value: 0, sum: 0 })), undefined)
    assert.equal(meanOf(series({ value: 'NaN', sum: 1 })), undefined)
  })
})

describe('points', () => {
  it('are known by the last two at most, and have extremes', () => {
    assert.equal(lastOf([1, 2, null]), 2)
    assert.equal(lastOf([1, null, null]), undefined)
    assert.deepEqual(extremes([null, 3, 1, 5]), { lowest: 1, mean: 3, highest: 5 })
    assert.equal(extremes([null]), undefined)
  })

  it('metrics stand by their groups in the order in which they came', () => {
    const of = (name: string, group: string) => metric({ name, group })
    const groups = byGroup([of('a', 'x'), of('b', 'y'), of('c', 'x')])
    assert.deepEqual(
      groups.map(([group, those]) => [group, those.map(({ name }) => name)]),
      [
        ['x', ['a', 'c']],
        ['y', ['b']],
      ],
    )
  })
})
