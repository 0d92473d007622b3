/**
 * metrics/test/own: metrics that users add: by a function, by a class, by message from any process.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Counter, Gauge, Histogram, MetricsActor, metrics, Registry } from '@troupe/metrics'
import { Actor, message, protocol, request } from 'troupe'
import { Book, SERIES_MAX } from '#metrics/own/book'
import { additionsStage } from '#test/additions-kit'
import { onNode } from '#test/stage'

const Owner = protocol('owner', {
  ask: request<readonly [string, unknown], unknown>(),
  say: message<readonly [string, unknown]>(),
  end: message<void>(),
})
class OwnerActor extends Actor.of(Owner) {
  ask([name, given]: readonly [string, unknown]): Promise<unknown> {
    return this.call('metrics', name, given)
  }
  say([name, given]: readonly [string, unknown]): void {
    this.send('metrics', name, given)
  }
  end(): void {
    this.stop()
  }
}

const AT = 'node="metrics@localhost"'
/** Pages are collected anew each time: no interval is shorter than the test. */
const EACH = { port: 0, collectIntervalMs: 100 }

function bookOf(limits = { metricsMax: 10, seriesMax: 3 }) {
  const registry = new Registry()
  const book = new Book(registry, limits)
  const { text } = additionsStage(registry, {}, () => book.writing())
  return { book, text, registry }
}

describe('metrics of other processes', () => {
  it('are counters, gauges and histograms, told by message', async () => {
    await onNode([metrics(EACH)], async ({ node, get }) => {
      const owner = await node.spawn(OwnerActor)
      const labels = ['kind']
      const counter = { name: 'jobs_done_total', help: 'Jobs.', labels }
      await node.call(owner, 'ask', ['registerCounter', counter])
      await node.call(owner, 'ask', ['registerGauge', { name: 'jobs_open', help: 'Open.' }])
      const seconds = { name: 'job_seconds', help: 'Time.', buckets: [1, 5] }
      await node.call(owner, 'ask', ['registerHistogram', seconds])
      const done = { name: 'jobs_done_total', labels: { kind: 'a"\nb' } }
      node.send('metrics', 'counterAdd', done)
      node.send('metrics', 'counterAdd', { ...done, value: 2 })
      node.send('metrics', 'gaugeSet', { name: 'jobs_open', value: 7 })
      node.send('metrics', 'gaugeAdd', { name: 'jobs_open', value: -2 })
      node.send('metrics', 'histogramObserve', { name: 'job_seconds', value: 3 })
      const { body } = await get('/metrics')
      assert.ok(body.includes(`jobs_done_total{kind="a\\"\\nb",${AT}} 3\n`), body.slice(-900))
      assert.ok(body.includes(`jobs_open{${AT}} 5\n`))
      assert.ok(body.includes(`job_seconds_bucket{le="5",${AT}} 1\n`))
      assert.ok(body.includes(`job_seconds_count{${AT}} 1\n`))
    })
  })

  it('go with the process that registered them', async () => {
    await onNode([metrics({ port: 0 })], async ({ node, get }) => {
      const owner = await node.spawn(OwnerActor)
      await node.call(owner, 'ask', ['registerGauge', { name: 'mine', help: 'Mine.' }])
      const ended = node.ended(owner)
      node.send(owner, 'end')
      await ended
      assert.ok(!(await get('/metrics')).body.includes('mine'))
    })
  })

  it('are lost, counted and warned of once when nobody has registered them', async () => {
    const told: string[] = []
    const sink = {
      name: 't',
      write: (record: { message: string }) => void told.push(record.message),
    }
    await onNode(
      [metrics({ port: 0 })],
      async ({ node, get }) => {
        for (let i = 0; i < 3; i += 1) node.send('metrics', 'counterAdd', { name: 'x_total' })
        const name = `troupe_metrics_values_lost_total{${AT},cause="unregistered"} 3`
        assert.ok((await get('/metrics')).body.includes(name))
        assert.equal(told.filter((one) => one.includes('unregistered')).length, 1)
      },
      { logSinks: [sink] },
    )
  })

  it('survive a crash of the process metrics', async () => {
    await onNode([metrics({ port: 0 })], async ({ node, get }) => {
      const owner = await node.spawn(OwnerActor)
      await node.call(owner, 'ask', ['registerGauge', { name: 'mine', help: 'Mine.' }])
      node.send('metrics', 'gaugeSet', { name: 'mine', value: 4 })
      const before = node.whereis('metrics')
      assert.ok(before !== undefined)
      await node.call('metrics', 'page', 'text')
      const ended = node.ended(before)
      node.kill(before)
      await ended
      const page = await get('/metrics')
      assert.equal(page.status, 200)
      assert.ok(page.body.includes(`mine{${AT}} 4\n`))
    })
  })
})

describe('a page that users add to', () => {
  it('has what a function and a class put into the registry', async () => {
    class Mine extends MetricsActor {
      readonly #answer: { gauge?: Gauge } = {}
      override collect(registry: Registry): void {
        const common = { name: 'of_class', help: 'Of a class.', registers: [registry] }
        this.#answer.gauge ??= new Gauge(common)
        this.#answer.gauge.set(42)
      }
    }
    const collect = (registry: Registry, context: { readonly node: string }): void => {
      if (registry.getSingleMetric('of_function') !== undefined) return
      new Gauge({ name: 'of_function', help: 'Of a function.', registers: [registry] }).set(
        context.node.length,
      )
    }
    await onNode([metrics({ port: 0, actor: Mine, collect })], async ({ get }) => {
      const { body } = await get('/metrics')
      assert.ok(body.includes(`of_class{${AT}} 42\n`))
      assert.ok(body.includes(`of_function{${AT}} 17\n`))
    })
  })

  it('is whole when that throws, and says so', async () => {
    const collect = (): never => assert.fail('no')
    await onNode([metrics({ port: 0, collect })], async ({ get }) => {
      const { status, body } = await get('/metrics')
      assert.equal(status, 200)
      assert.ok(body.includes('troupe_processes{'))
      const labels = `${AT},collector="options.collect",cause="threw"`
      assert.ok(body.includes(`troupe_metrics_collect_failed_total{${labels}} 1\n`))
    })
  })

  it('never has two of one name: that of the platform stays', async () => {
    const collect = (registry: Registry): void => {
      new Gauge({ name: 'troupe_processes', help: 'No.', registers: [registry] }).set(-1)
    }
    await onNode([metrics({ port: 0, collect })], async ({ get }) => {
      const { body } = await get('/metrics')
      assert.equal(body.match(/# TYPE troupe_processes gauge/g)?.length, 1)
      assert.ok(!body.includes('} -1\n'))
    })
  })

  it('has exemplars for whoever reads them', async () => {
    const collect = (registry: Registry): void => {
      const name = { name: 'shots', help: 'Shots.', registers: [registry], enableExemplars: true }
      const labels = { exemplarLabels: { trace_id: 'abc' } }
      new Counter({ ...name, labelNames: [] }).inc({ value: 1, ...labels })
      const timed = { ...name, name: 'shot_seconds', buckets: [1] }
      new Histogram(timed).observe({ value: 0.5, ...labels })
    }
    await onNode([metrics({ port: 0, collect })], async ({ get }) => {
      const { body } = await get('/metrics', { accept: 'application/openmetrics-text' })
      assert.match(body, /shots_total\{node="metrics@localhost"\} 1 # \{trace_id="abc"\} 1 \d+/)
      assert.match(body, /shot_seconds_bucket\{le="1",.*\} 1 # \{trace_id="abc"\} 0.5 \d+/)
      assert.ok(!(await get('/metrics')).body.includes('trace_id'))
    })
  })
})

describe('the book of metrics', () => {
  it('counts what belongs to one series too many, and leaves it out', async () => {
    const { book, text } = bookOf()
    book.register('gauge', { name: 'users', help: 'By user.', labels: ['user'] }, undefined)
    const told = ['a', 'b', 'c', 'd', 'a'].map((user) =>
      book.tell('gaugeSet', { name: 'users', labels: { user }, value: 1 }),
    )
    assert.deepEqual(told, ['taken', 'taken', 'taken', 'overflow', 'taken'])
    assert.equal(book.lost.overflow, 1)
    assert.ok(!(await text()).includes('user="d"'))
  })

  it('keeps the highest, or the lowest, of what was observed since the last page', async () => {
    const { book, text } = bookOf()
    const shape = { name: 'slow', help: 'Slow.', labels: ['url'], limit: 2 }
    book.register('top', shape, undefined)
    book.register('top', { ...shape, name: 'quick', order: 'lowest' }, undefined)
    for (const [at, value] of [5, 1, 9, 3, 7, 2].entries()) {
      const labels = { url: `/${at}` }
      for (const name of ['slow', 'quick']) book.tell('topObserve', { name, labels, value })
    }
    const page = await text()
    const lines = page.split('\n').filter((line) => /^(slow|quick)/.test(line))
    assert.deepEqual(lines, [
      'slow{url="/2",node="n"} 9',
      'slow{url="/4",node="n"} 7',
      'quick{url="/1",node="n"} 1',
      'quick{url="/5",node="n"} 2',
    ])
    assert.ok(!(await text()).includes('url='))
  })

  it('refuses names, labels and shapes that cannot be', () => {
    const { book } = bookOf()
    const help = 'Help.'
    const wrong: readonly unknown[] = [
      undefined,
      'x',
      { name: 'x y', help },
      { name: 'troupe_x', help },
      { name: 'ergo_x', help },
      { name: 'x_bucket', help },
      { name: 'x_total', help },
      { name: 'x', help: '' },
      { name: 'x', help, labels: ['node'] },
      { name: 'x', help, labels: ['le'] },
      { name: 'x', help, labels: ['__x'] },
      { name: 'x', help, labels: ['a', 'a'] },
      { name: 'x', help, labels: 'a' },
    ]
    for (const given of wrong) {
      assert.throws(() => book.register('gauge', given, undefined), { code: 'OPTION_INVALID' })
    }
    const counter = { name: 'x', help }
    assert.throws(() => book.register('counter', counter, undefined), { code: 'OPTION_INVALID' })
    const falling = { name: 'x', help, buckets: [2, 1] }
    assert.throws(() => book.register('histogram', falling, undefined), { code: 'OPTION_INVALID' })
  })

  it('takes no value that is none, and none for another kind or with other labels', () => {
    const { book } = bookOf()
    const labels = ['a']
    book.register('counter', { name: 'x_total', help: 'X.', labels }, undefined)
    const wrong: readonly (readonly ['counterAdd' | 'gaugeSet', unknown])[] = [
      ['counterAdd', { name: 'x_total', labels: { a: '1' }, value: -1 }],
      ['counterAdd', { name: 'x_total', labels: { a: '1' }, value: Number.NaN }],
      ['counterAdd', { name: 'x_total', labels: { a: '1' }, value: '1' }],
      ['counterAdd', { name: 'x_total', labels: { a: {} } }],
      ['counterAdd', { name: 'x_total', labels: { b: '1' } }],
      ['counterAdd', { name: 'x_total', labels: { a: '1', b: '1' } }],
      ['counterAdd', { name: 'x_total' }],
      ['gaugeSet', { name: 'x_total', labels: { a: '1' }, value: 1 }],
    ]
    for (const [verb, given] of wrong) assert.equal(book.tell(verb, given), 'refused')
    for (const given of [undefined, 1, { name: {} }, { name: Symbol('x') }]) {
      assert.equal(book.tell('counterAdd', given), 'unregistered')
    }
  })

  it('has room for 20,000 series together, and again for those of one that is gone', () => {
    const { book } = bookOf({ metricsMax: 3, seriesMax: 100_000 })
    const labels = ['a']
    book.register('gauge', { name: 'x', help: 'X.', labels }, undefined)
    for (let a = 0; a < SERIES_MAX; a += 1)
      book.tell('gaugeSet', { name: 'x', labels: { a }, value: 1 })
    book.register('gauge', { name: 'y', help: 'Y.', labels }, undefined)
    const one = { name: 'y', labels: { a: 1 }, value: 1 }
    assert.equal(book.tell('gaugeSet', one), 'overflow')
    const list = { name: 'z', help: 'Z.', limit: 1 }
    assert.throws(() => book.register('top', list, undefined), { code: 'OPTION_INVALID' })
    book.remove('x', undefined)
    assert.equal(book.tell('gaugeSet', one), 'taken')
    book.register('top', list, undefined)
  })

  it('has room for so many metrics, and one of each name', () => {
    const { book } = bookOf({ metricsMax: 1, seriesMax: 1 })
    const first = { name: 'x', help: 'X.' }
    book.register('gauge', first, undefined)
    book.register('gauge', first, undefined)
    const other = { ...first, help: 'Other.' }
    assert.throws(() => book.register('gauge', other, undefined), { code: 'NAME_TAKEN' })
    const more = { name: 'y', help: 'Y.' }
    assert.throws(() => book.register('gauge', more, undefined), { code: 'OPTION_INVALID' })
    assert.equal(book.remove('x', undefined), true)
    assert.equal(book.remove('x', undefined), false)
    book.register('gauge', more, undefined)
  })
})
