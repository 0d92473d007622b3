/**
 * metrics/test/look-history: the last hour of series: rates, means and quantiles of each step,
 * gaps, new beginnings, and who has room.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MetricLine } from 'troupe'
import type { Sample } from '#metrics/exposition/family'
import { keyIn, type SeriesHistory } from '#metrics/look/history'
import type { MetricReading, SeriesReading } from '#metrics/look/readings'
import {
  drained,
  family,
  historyOf,
  put,
  read,
  STEP_MS,
  sample,
  spread,
  toldOf,
  WHOLE,
} from '#test/look-kit'

const first = (metric: MetricReading): string => keyIn(metric, metric.series[0] as SeriesReading)

/** Puts a point of one metric in each step, and gives the lines that are kept of it. */
function linesOf(
  type: 'counter' | 'gauge' | 'histogram',
  steps: readonly (readonly Sample[] | undefined)[],
): Readonly<Partial<Record<MetricLine, readonly (number | null)[]>>> | undefined {
  const history = historyOf()
  let key = ''
  for (const [at, samples] of steps.entries()) {
    if (samples === undefined) continue
    const metric = read(family('m', type, samples))
    if (key === '') key = first(metric)
    put(history, at * STEP_MS, [metric])
  }
  return history.lines(key, steps.length * STEP_MS, WHOLE)
}

describe('the lines that are kept', () => {
  it('of a gauge are its values; a step without a point is a gap', () => {
    const steps = [[sample(1)], [sample(2)], undefined, [sample(4)]]
    assert.deepEqual(linesOf('gauge', steps), { value: [1, 2, null, 4] })
  })

  it('of a counter are what was counted in a second; a new beginning is no peak', () => {
    const steps = [[sample(100)], [sample(150)], [sample(30)], undefined, [sample(130)]]
    assert.deepEqual(linesOf('counter', steps), { perSecond: [null, 5, 3, null, 5] })
  })

  it('of a histogram are rate, mean and quantiles of what was observed in each step', () => {
    const steps = [spread([1, 1, 0], 2), spread([1, 11, 0], 17), spread([1, 11, 0], 17)]
    assert.deepEqual(linesOf('histogram', steps), {
      perSecond: [null, 1, 0],
      mean: [null, 1.5, null],
      p50: [null, 1.5, null],
      p99: [null, 1.9900000095367432, null],
    })
  })

  it('tell of a series that comes later what it has grown since the point before', () => {
    const history = historyOf()
    put(history, 0, [])
    const metric = read(family('late_total', 'counter', [sample(20)]))
    put(history, STEP_MS, [metric])
    assert.deepEqual(history.lines(first(metric), 2 * STEP_MS, WHOLE), { perSecond: [null, 2] })
  })

  it('hold no number that is none', () => {
    const steps = [[sample(Number.NaN)], [sample(Number.POSITIVE_INFINITY)], [sample(3)]]
    assert.deepEqual(linesOf('gauge', steps), { value: [null, null, 3] })
  })
})

describe('the hour', () => {
  const gauge = (value: number): MetricReading => read(family('g', 'gauge', [sample(value)]))

  it('ends after 360 points, and has the highest of those that a point stands for', () => {
    const history = historyOf()
    for (let at = 0; at <= 400; at += 1) put(history, at * STEP_MS, [gauge(at)])
    const nowMs = 401 * STEP_MS
    const whole = history.lines('gauge g ', nowMs, WHOLE)?.value ?? []
    assert.deepEqual([whole.length, whole[0], whole.at(-1)], [360, 41, 400])
    const few = history.lines('gauge g ', nowMs, { lastMs: 3_600_000, points: 60 })?.value ?? []
    assert.deepEqual([few.length, few[0], few.at(-2), few.at(-1)], [60, 47, 395, 400])
    const minute = history.lines('gauge g ', nowMs, { lastMs: 60_000, points: 60 })?.value
    assert.deepEqual(minute, [395, 396, 397, 398, 399, 400])
    assert.equal(history.stepOf(nowMs, { lastMs: 3_600_000, points: 60 }), 60_000)
    assert.equal(history.lastAtMs(nowMs, WHOLE), 4_000_000)
  })

  it('is empty behind a time in which nothing was taken', () => {
    const history = historyOf()
    put(history, 0, [gauge(1)])
    put(history, 1_000 * STEP_MS, [gauge(2)])
    const line = history.lines('gauge g ', 1_001 * STEP_MS, WHOLE)?.value ?? []
    assert.deepEqual([line.length, line.filter((one) => one !== null)], [360, [2]])
  })
})

describe('room for series', () => {
  const named = (name: string, section?: string): MetricReading =>
    read(family(name, 'gauge', [sample(1)]), section)
  const keeps = (history: SeriesHistory, name: string): boolean =>
    history.lines(`gauge ${name} `, 10 * STEP_MS, WHOLE) !== undefined

  it('is for those of the program first, also when they come later', () => {
    const history = historyOf(2)
    put(history, 0, [named('troupe_a', 'node'), named('troupe_b', 'node')])
    assert.deepEqual([history.kept, history.leftOut], [2, 0])
    put(history, STEP_MS, [named('shop_a'), named('troupe_a', 'node'), named('troupe_b', 'node')])
    assert.deepEqual([history.kept, history.leftOut], [2, 1])
    assert.ok(keeps(history, 'shop_a') && keeps(history, 'troupe_a'))
  })

  it('is given by those that are gone, and by none that is there', () => {
    const history = historyOf(2)
    put(history, 0, [named('a'), named('b')])
    put(history, STEP_MS, [named('c'), named('b')])
    assert.deepEqual([keeps(history, 'a'), keeps(history, 'c')], [true, false])
    put(history, 2 * STEP_MS, [named('c'), named('b')])
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => keeps(history, name)),
      [false, true, true],
    )
  })

  it('is not for labels without end', () => {
    const history = historyOf()
    const labels = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 'x'.repeat(255)]))
    put(history, 0, [read(family('long', 'gauge', [sample(1, labels)]))])
    assert.deepEqual([history.kept, history.leftOut], [0, 1])
  })

  it('is bounded however many series come and go', () => {
    const history = historyOf(50)
    for (let at = 0; at < 40; at += 1) {
      const samples = Array.from({ length: 100 }, (_, of) => sample(of, { pid: `${at}.${of}` }))
      put(history, at * STEP_MS, [read(family('top', 'gauge', samples))])
    }
    assert.deepEqual([history.kept, history.leftOut], [50, 100])
  })
})

describe('a point', () => {
  it('of many series is put in pieces, and is not told before it is whole', () => {
    const history = historyOf(2_000)
    const of = (value: number): MetricReading =>
      read(
        family(
          'm',
          'gauge',
          Array.from({ length: 1_500 }, (_, at) => sample(value, { at })),
        ),
      )
    assert.ok(put(history, 0, [of(1)]) >= 20)
    const work = history.put(STEP_MS, [of(2)])
    work.next()
    const key = `gauge m ${JSON.stringify([['at', '0']])}`
    assert.deepEqual(history.lines(key, STEP_MS, WHOLE), { value: [1] })
    drained(work)
    assert.deepEqual(history.lines(key, STEP_MS, WHOLE), { value: [1, 2] })
  })

  it('of a metric that has another type from now on begins a line of its own', () => {
    const history = historyOf()
    put(history, 0, [read(family('x', 'counter', [sample(1)]))])
    const gauge = read(family('x', 'gauge', [sample(7)]))
    put(history, STEP_MS, [gauge])
    assert.deepEqual(history.lines(first(gauge), STEP_MS, WHOLE), { value: [null, 7] })
  })
})

describe('lines that are told', () => {
  it('are of all series together, the mean by how much was observed', async () => {
    const history = historyOf()
    const at = (a: number, b: number): MetricReading =>
      read(
        family('h', 'histogram', [
          ...spread([a, 0, 0], a, { to: 'a' }),
          ...spread([0, 0, b], b * 4, { to: 'b' }),
        ]),
      )
    put(history, 0, [at(0, 0)])
    const now = at(30, 10)
    put(history, STEP_MS, [now])
    const [told] = await toldOf([now], { points: 60 }, { history, nowMs: 2 * STEP_MS })
    assert.deepEqual(told?.all?.lines, { perSecond: [null, 4], mean: [null, 1.75] })
    assert.deepEqual(told.series[0]?.lines.mean, [null, 1])
  })

  it('are none where none are asked for', async () => {
    const history = historyOf()
    const metric = read(family('g', 'gauge', [sample(1)]))
    put(history, 0, [metric])
    const [told] = await toldOf([metric], { points: 0 }, { history, nowMs: STEP_MS })
    assert.deepEqual(told?.series[0]?.lines, {})
  })
})
