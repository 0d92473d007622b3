/**
 * metrics/test/look-readings: what is told of metrics as they are now: literal figures, limits, and
 * programs that mean harm with their labels.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Gauge, Histogram, Registry, Summary } from '@troupe/metrics'
import { unitOf } from '#metrics/catalog/metric'
import { familyOfTold, metricsIn } from '#metrics/exposition/of-registry'
import { ANSWER_CHARS_MAX, chosen, groupsOf, inOrder } from '#metrics/look/answer'
import { quantileOf } from '#metrics/look/quantiles'
import { readingOf } from '#metrics/look/readings'
import { sorted } from '#metrics/look/sorted'
import { readWish } from '#metrics/look/wish'
import {
  drained,
  family,
  historyOf,
  put,
  read,
  readIn,
  roomOf,
  STEP_MS,
  sample,
  spread,
  toldOf,
  WISH,
} from '#test/look-kit'

const NONE = { sum: undefined, quantiles: [], ranges: [], lines: {} }

describe('a metric as it is told', () => {
  it('is a counter: its sum, and that of each series, the highest first', async () => {
    const samples = [sample(3, { item: 'tea', node: 'n' }), sample(4, { item: 'jam', node: 'n' })]
    const [told] = toldOf([read(family('shop_sales_total', 'counter', samples))])
    assert.deepEqual(told, {
      ...{ name: 'shop_sales_total', help: 'Of shop_sales_total.', type: 'counter' },
      ...{ unit: undefined, group: 'shop', own: true, seriesTotal: 2 },
      all: { ...NONE, labels: [], value: 7 },
      series: [
        { ...NONE, labels: [['item', 'jam']], value: 4 },
        { ...NONE, labels: [['item', 'tea']], value: 3 },
      ],
    })
  })

  it('is a gauge: its last value, without a sum of what cannot be summed', async () => {
    const samples = [sample(-2, { room: 'a' }), sample(19.5, { room: 'b' })]
    const [told] = toldOf([read(family('room_degrees', 'gauge', samples), 'node')])
    assert.equal(told?.all, undefined)
    assert.deepEqual([told?.own, told?.group], [false, 'troupe node'])
    assert.deepEqual(
      told?.series.map(({ value }) => value),
      [19.5, -2],
    )
  })

  it('is a histogram: count, sum, quantiles out of its ranges, of all together', async () => {
    const samples = [...spread([10, 0, 0], 5, { to: 'a' }), ...spread([0, 10, 20], 65, { to: 'b' })]
    const [told] = toldOf([read(family('job_seconds', 'histogram', samples))])
    assert.deepEqual(told?.all, {
      ...{ labels: [], value: 40, sum: 70, ranges: [], lines: {} },
      quantiles: [
        [0.5, 2],
        [0.9, 2],
        [0.99, 2],
      ],
    })
    assert.deepEqual(told.series[1], {
      ...{ labels: [['to', 'a']], value: 10, sum: 5, ranges: [], lines: {} },
      quantiles: [
        [0.5, 0.5],
        [0.9, 0.9],
        [0.99, 0.99],
      ],
    })
  })

  it('has the ranges of a histogram where it is asked for by its name', async () => {
    const metrics = [read(family('job_seconds', 'histogram', spread([3, 4, 5], 20)))]
    const [told] = toldOf([...metrics], { name: 'job_seconds' })
    assert.deepEqual(told?.series[0]?.ranges, [
      [1, 3],
      [2, 4],
      ['+Inf', 5],
    ])
    assert.equal(told.all, undefined)
  })

  it('is a summary: its quantiles are those that it tells', async () => {
    const summary = new Summary({
      ...{ name: 'page_seconds', help: 'Pages.', percentiles: [0.5, 0.99] },
      registers: [new Registry()],
    })
    for (const value of [1, 2, 3]) summary.observe(value)
    const given = familyOfTold(await summary.get(), { constant: { node: 'n' }, shared: {} })
    const [told] = toldOf([read(given)])
    assert.deepEqual(told?.series, [
      {
        ...{ labels: [], value: 3, sum: 6, ranges: [], lines: {} },
        quantiles: [
          [0.5, 2],
          [0.99, 3],
        ],
      },
    ])
  })

  it('tells numbers that JSON has not, which stand behind those that it has', async () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    const samples = odd.map((value, at) => sample(value, { at }))
    const [told] = toldOf([read(family('odd', 'gauge', samples))])
    assert.deepEqual(
      told?.series.map(({ value }) => value),
      ['+Inf', 0, 'NaN', '-Inf'],
    )
  })
})

describe('quantiles out of ranges', () => {
  it('are spread evenly within a range, and never above the last bound', () => {
    const ranges = { bounds: [1, 2], counts: [10, 10, 0] }
    assert.equal(quantileOf(ranges, 0.25), 0.5)
    assert.equal(quantileOf(ranges, 0.5), 1)
    assert.equal(quantileOf(ranges, 0.75), 1.5)
    assert.equal(quantileOf({ bounds: [1, 2], counts: [0, 0, 7] }, 0.5), 2)
    assert.ok(Number.isNaN(quantileOf({ bounds: [1], counts: [0, 0] }, 0.5)))
    assert.equal(quantileOf({ bounds: [-4, 0], counts: [0, 2, 0] }, 0.5), -2)
  })
})

describe('what is looked at', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => sample(at, { at: `${at}` }))

  it('is so many series, and the rest is counted', () => {
    const room = roomOf(20_000)
    const first = readIn(family('a', 'gauge', many(15_000)), room)
    const second = readIn(family('b', 'gauge', many(10_000)), room)
    assert.deepEqual([first.series.length, second.series.length], [15_000, 5_000])
    assert.equal(room.unread, 5_000)
  })

  it('counts a histogram without room once for each series', () => {
    const room = roomOf(1)
    const samples = [...spread([1, 1, 1], 3, { to: 'a' }), ...spread([1, 1, 1], 3, { to: 'b' })]
    assert.equal(readIn(family('h', 'histogram', samples), room).series.length, 1)
    assert.equal(room.unread, 1)
  })

  it('is told within its length, of 10,000 series the highest few', async () => {
    const label = 'x'.repeat(300)
    const samples = Array.from({ length: 10_000 }, (_, at) =>
      sample(
        at,
        Object.fromEntries(Array.from({ length: 20 }, (__, of) => [`l${of}`, `${at}${label}`])),
      ),
    )
    const metrics = Array.from({ length: 5 }, (_, at) => read(family(`m${at}`, 'gauge', samples)))
    const told = toldOf(metrics, { series: 100 })
    assert.ok(JSON.stringify(told).length < ANSWER_CHARS_MAX * 1.1)
    assert.equal(told[0]?.seriesTotal, 10_000)
    assert.deepEqual(
      told[0]?.series.slice(0, 3).map(({ value }) => value),
      [9_999, 9_998, 9_997],
    )
    const [labels = []] = told[0]?.series.map((one) => one.labels) ?? []
    assert.equal(labels.length, 16)
    assert.ok(labels.every(([, value]) => value.length === 255 && value.endsWith('…')))
  })

  it('is text, whatever a program has named its labels', async () => {
    const registry = new Registry()
    const gauge = new Gauge({
      ...{ name: 'hostile', help: '<b>help</b>\n', registers: [registry] },
      labelNames: ['__proto__', 'constructor', 'text'],
    })
    gauge.set(
      JSON.parse('{"__proto__":"p","constructor":"c","text":"<img onerror=1>\\n\\u202e"}'),
      1,
    )
    const [metric] = metricsIn(registry)
    const given = familyOfTold(await metric?.get(), { constant: { node: 'n' }, shared: {} })
    const [told] = toldOf([read(given)])
    const labels = Object.fromEntries(told?.series[0]?.labels ?? [])
    assert.equal(labels['text'], '<img onerror=1>\n\u202e')
    assert.equal(labels['constructor'], 'c')
    assert.equal(told?.help, '<b>help</b>\n')
  })

  it('costs a series that cannot be read itself and no other', () => {
    const room = roomOf()
    const broken = { toString: () => assert.fail('no') } as unknown as string
    const samples = [sample(1, { a: broken }), sample(2, { a: 'well' }), sample('7' as never)]
    const { series } = readIn(family('mixed', 'gauge', samples), room)
    assert.deepEqual(
      series.map(({ value }) => value),
      [2],
    )
    assert.equal(room.unread, 2)
  })
})

describe('what is large', () => {
  const labelled = (count: number) =>
    Array.from({ length: count }, (_, at) => sample(at, { user: `${at}` }))

  it('is read, chosen and sorted in pieces, also within one metric', () => {
    const { value: metric, pauses } = drained(
      readingOf(family('m_total', 'counter', labelled(10_000)), undefined, roomOf()),
    )
    assert.ok(pauses >= 150, `${pauses}`)
    const history = historyOf(500)
    const told = drained(chosen({ metrics: [metric], history, nowMs: 0 }, WISH))
    assert.ok(told.pauses >= 300, `${told.pauses}`)
    const rows = labelled(1_000).flatMap(({ labels }) => spread([1, 1, 1], 3, labels))
    const histogram = drained(readingOf(family('h', 'histogram', rows), undefined, roomOf()))
    assert.ok(histogram.pauses >= 70, `${histogram.pauses}`)
    const names = Array.from({ length: 10_000 }, (_, at) => (at * 7_919) % 10_000)
    const order = drained(sorted(names, (one, other) => one - other))
    assert.deepEqual([order.value[0], order.value.at(-1), order.value[77]], [0, 9_999, 77])
    assert.ok(order.pauses >= 1_000, `${order.pauses}`)
  })

  it('is told in fewer values than those who read it allow', () => {
    const history = historyOf(500)
    const metrics = Array.from({ length: 5 }, (_, of) =>
      read(
        family(
          `busy${of}`,
          'gauge',
          labelled(100).map((one) => ({ ...one, value: 1 })),
        ),
      ),
    )
    for (let at = 1; at <= 360; at += 1) put(history, at * STEP_MS, metrics)
    const wish = { limit: 500, series: 100, points: 360 }
    const told = toldOf(metrics, wish, { history, nowMs: 361 * STEP_MS })
    const entries = JSON.stringify(told).match(/[,:[{]/g)?.length ?? 0
    assert.ok(entries > 10_000 && entries < 100_000, `${entries}`)
  })
})

describe('what a program may put into a registry', () => {
  it('is passed over where its values are no numbers, and told without a help', () => {
    const room = roomOf()
    const odd = { ...family('h', 'histogram', []), help: 7 as never }
    const rows = [...spread([1, 2, 3], 4, { to: 'a' }), ...spread([1, 2, 3], 4, { to: 'b' })]
    const wrong = rows.map((row, at) => (at === 3 ? { ...row, value: 5n as never } : row))
    const { series, help } = readIn({ ...odd, samples: wrong }, room)
    assert.equal(help, '')
    assert.deepEqual(
      series.map(({ labels }) => labels),
      [[['to', 'b']]],
    )
    assert.equal(room.unread, 1)
  })

  it('is one series where two are alike as far as labels are told', () => {
    const long = 'a'.repeat(300)
    for (const type of ['counter', 'histogram'] as const) {
      const room = roomOf()
      const of = (to: string) =>
        type === 'counter' ? [sample(1, { to })] : spread([1, 1, 1], 3, { to })
      const rows = [...of(`${long}1`), ...of(`${long}2`), ...of('b')]
      const { series } = readIn(family('m', type, rows), room)
      assert.deepEqual([series.length, room.unread], [2, 1])
      assert.deepEqual(series[0]?.value, type === 'counter' ? 1 : 3)
    }
  })
})

describe('what is meant by a question', () => {
  const of = (name: string, section?: string) => read(family(name, 'gauge', [sample(1)]), section)
  const metrics = [of('troupe_b', 'node'), of('shop_b'), of('shop_a'), of('troupe_a', 'node')]
  const names = async (wish: Partial<typeof WISH>): Promise<readonly string[]> =>
    toldOf(metrics, wish).map(({ name }) => name)

  it('has those of the program first, then by name', async () => {
    assert.deepEqual(await names({}), ['shop_a', 'shop_b', 'troupe_a', 'troupe_b'])
    assert.deepEqual(await names({ limit: 1 }), ['shop_a'])
  })

  it('is chosen by what occurs in name or help, by group, or by the whole name', async () => {
    assert.deepEqual(await names({ search: 'OF SHOP' }), ['shop_a', 'shop_b'])
    assert.deepEqual(await names({ group: 'troupe node', search: '_b' }), ['troupe_b'])
    assert.deepEqual(await names({ name: 'shop' }), [])
    assert.deepEqual(await names({ name: 'shop_b', search: 'nothing' }), ['shop_b'])
  })

  it('has some of each group where not all fit, and more of the program', async () => {
    const many = [
      ...Array.from({ length: 9 }, (_, at) => of(`shop_${at}`)),
      ...Array.from({ length: 9 }, (_, at) => of(`troupe_${at}`, 'node')),
      of('troupe_z', 'events'),
    ]
    const told = toldOf(many, { limit: 6 })
    assert.deepEqual(
      told.map(({ name }) => name),
      ['shop_0', 'shop_1', 'shop_2', 'troupe_0', 'troupe_1', 'troupe_z'],
    )
    assert.equal(toldOf(many, { limit: 1 })[0]?.name, 'shop_0')
  })

  it('has the unit that its values are of, not one that its name looks like', () => {
    for (const [name, unit] of [
      ['shop_order_seconds', 'seconds'],
      ['cpu_user_seconds_total', 'seconds'],
      ['shop_stock_bytes', 'bytes'],
      ['event_loop_utilization_ratio', 'ratio'],
      ['process_utilization_top', 'ratio'],
      ['event_utilization', undefined],
      ['process_utilization_distribution', undefined],
      ['shop_utilization', undefined],
      ['seconds', undefined],
    ] as const) {
      assert.equal(unitOf(name), unit, name)
    }
  })

  it('has groups by the first word of a name', () => {
    assert.deepEqual(drained(groupsOf(drained(sorted(metrics, inOrder)).value)).value, [
      { name: 'shop', own: true, metrics: 2 },
      { name: 'troupe node', own: false, metrics: 2 },
    ])
    const many = Array.from({ length: 300 }, (_, at) => of(`group${at}_x`))
    assert.equal(drained(groupsOf(many)).value.length, 300)
  })

  it('is as if left open where a process asks for what cannot be', () => {
    const given = { limit: 1e9, series: -1, points: 'all', lastMs: Number.NaN, search: {}, name: 7 }
    assert.deepEqual(readWish(given), { ...WISH, limit: 500, points: 60 })
    assert.deepEqual(readWish(undefined), { ...WISH, points: 60 })
  })
})

it('a histogram of prom-client is read with its own bounds', async () => {
  const histogram = new Histogram({
    ...{ name: 'h', help: 'H.', buckets: [1, 2], registers: [new Registry()] },
  })
  for (const value of [0.5, 1.5, 1.7, 9]) histogram.observe(value)
  const given = familyOfTold(await histogram.get(), { constant: { node: 'n' }, shared: {} })
  const [series] = read(given).series
  assert.deepEqual(series?.ranges, { bounds: [1, 2], counts: [1, 2, 1] })
  assert.deepEqual([series?.value, series?.sum], [4, 12.7])
})
