/**
 * metrics/test/look: how often metrics are read for those who look, who waits for what, and what a
 * node tells of its metrics when it is asked.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Gauge, MetricsActor, metrics } from '@troupe/metrics'
import {
  type MetricsSheet,
  type MetricsTold,
  type Node,
  processName,
  systemProtocol,
  TroupeError,
} from 'troupe'
import { simulatedCluster, virtualClock } from 'troupe/testing'
import type { Family } from '#metrics/exposition/family'
import { type Sheets, silent } from '#metrics/gather/sheets'
import { SeriesHistory } from '#metrics/look/history'
import { FORGET_MS, Look, READ_AGAIN_MS } from '#metrics/look/look'
import { metricsOptions } from '#metrics/options'
import { Seat } from '#metrics/seat'
import { Door } from '#metrics/web/door'
import { family, STEP_MS, sample, WISH } from '#test/look-kit'
import { WHOLE_SHEETS } from '#test/sheets-kit'
import { onNode } from '#test/stage'

const KEPT_MS = 9_000

/** A look at a program whose gauge is how often it was read. */
function stage() {
  const clock = virtualClock()
  const counts = { read: 0, collected: 0, home: 0, figures: 0 }
  const state: { reading: Promise<void> | undefined; odd: readonly Family[] } = {
    ...{ reading: undefined, odd: [] },
  }
  const home = async (name: 'home' | 'figures'): Promise<Sheets> => {
    counts[name] += 1
    return name === 'home' ? WHOLE_SHEETS : { ...silent('x@host'), figures: WHOLE_SHEETS.figures }
  }
  const look = new Look(
    {
      ...{ nowMs: () => clock.nowMs(), wallMs: () => clock.wallMs() },
      rest: () => Promise.resolve(),
      deadline: (ms) => {
        let cancel = (): void => {}
        const late = new Promise<void>((resolve) => {
          cancel = clock.after(ms, () => resolve())
        })
        return { late, cancel }
      },
      families: async (withCollect): Promise<readonly Family[]> => {
        counts.read += 1
        if (withCollect) counts.collected += 1
        const told = counts.read
        await state.reading
        return [...state.odd, family('shop_reads', 'gauge', [sample(told)])]
      },
      ...{ home: () => home('home'), figures: () => home('figures'), ownFamilies: () => [] },
    },
    { names: 'troupe', keptMs: KEPT_MS },
    new SeriesHistory({ startMs: 0, stepMs: STEP_MS, seriesMax: 10 }),
  )
  const ask = (): Promise<MetricsTold> => clock.until(look.told({ ...WISH, group: 'shop' }))
  const readOf = async (): Promise<unknown> => (await ask()).metrics[0]?.series[0]?.value
  return { clock, look, counts, state, ask, readOf }
}

describe('a look at metrics', () => {
  it('is one for all who ask within a moment', async () => {
    const { clock, look, counts, readOf } = stage()
    const both = [look.told(WISH), look.told({ ...WISH, limit: 1 })]
    const [one, other] = await clock.until(Promise.all(both))
    assert.ok((one?.metrics.length ?? 0) > 1)
    assert.equal(other?.metrics.length, 1)
    assert.equal(counts.read, 1)
    await clock.advance(READ_AGAIN_MS - 1)
    assert.equal(await readOf(), 1)
    await clock.advance(1)
    assert.equal(await readOf(), 2)
  })

  it('reads the program each time, and all else as often as a page would', async () => {
    const { clock, counts, ask } = stage()
    for (let at = 0; at < 5; at += 1) {
      await ask()
      await clock.advance(2_000)
    }
    assert.deepEqual(counts, { read: 5, collected: 1, home: 1, figures: 4 })
    await ask()
    assert.deepEqual(counts, { read: 6, collected: 2, home: 2, figures: 4 })
  })

  it('tells what was read before where a metric hangs, and nothing where nothing was', async () => {
    const { clock, state, ask, readOf } = stage()
    let release = (): void => {}
    const hang = (): void => {
      state.reading = new Promise((resolve) => {
        release = resolve
      })
    }
    hang()
    const told = await ask()
    assert.deepEqual([told.readMs, told.metrics.length], [0, 0])
    release()
    await clock.advance(1)
    assert.equal(await readOf(), 1)
    await clock.advance(READ_AGAIN_MS)
    hang()
    const beganMs = clock.nowMs()
    assert.equal(await readOf(), 1)
    assert.ok(clock.nowMs() - beganMs <= 500)
    release()
    state.reading = undefined
    await clock.advance(1)
    assert.equal(await readOf(), 2)
  })

  it('is forgotten when nobody has asked for a while; points are taken all the same', async () => {
    const { clock, look, counts, ask } = stage()
    await ask()
    await clock.advance(FORGET_MS - 1)
    await look.step()
    await ask()
    assert.equal(counts.home, 2, 'it was older than a page may be')
    await clock.advance(FORGET_MS)
    await look.step()
    await look.step()
    assert.equal((await ask()).history.kept > 1, true)
  })

  it('leaves out a metric that cannot be read, and no other', async () => {
    const { clock, look, state, ask } = stage()
    state.odd = [{ name: 'odd', type: 'summary', help: 'O.', samples: 7 as never }]
    const told = await ask()
    assert.deepEqual(
      told.metrics.map(({ name }) => name),
      ['shop_reads'],
    )
    assert.equal(told.unread, 1)
    await look.step()
    await clock.advance(READ_AGAIN_MS)
    assert.ok((await ask()).history.kept > 1)
  })

  it('takes one point at a time', async () => {
    const { clock, look, counts, state } = stage()
    state.reading = new Promise(() => {})
    void look.step()
    await clock.advance(STEP_MS)
    await look.step()
    assert.equal(counts.read, 1)
  })
})

const SYSTEM = processName('system', systemProtocol)

describe('the metrics of a node', () => {
  it('are told by its process system: by message, of prom-client, those of Troupe', async () => {
    let queue: Gauge | undefined
    const application = metrics({
      port: 0,
      collect: (registry) => {
        queue ??= new Gauge({ name: 'shop_queue', help: 'Orders.', registers: [registry] })
        queue.set(7)
      },
    })
    await onNode([application], async ({ node, get }) => {
      const of = (given: object): Promise<MetricsSheet> => node.call(SYSTEM, 'metrics', given)
      const shape = { name: 'shop_sales_total', help: 'Sales.', labels: ['item'] }
      await node.call('metrics', 'registerCounter', shape)
      await node.call('metrics', 'registerTop', {
        name: 'shop_slow',
        help: 'Slow.',
        labels: ['to'],
      })
      node.send('metrics', 'counterAdd', { name: 'shop_sales_total', labels: { item: 'tea' } })
      node.send('metrics', 'topObserve', { name: 'shop_slow', labels: { to: 'a' }, value: 9 })
      const sheet = await of({ group: 'shop' })
      assert.equal(sheet.state, 'kept')
      assert.deepEqual(
        sheet.metrics.map(({ name, type, series }) => [name, type, series[0]?.value]),
        [
          ['shop_queue', 'gauge', 7],
          ['shop_sales_total', 'counter', 1],
          ['shop_slow', 'gauge', 9],
        ],
      )
      const [up] = (await of({ name: 'troupe_node_up' })).metrics
      assert.deepEqual([up?.own, up?.group, up?.series[0]?.value], [false, 'troupe node', 1])
      const { body } = await get('/metrics')
      assert.match(body, /^shop_slow\{to="a",.*\} 9$/m, 'a look takes nothing from a page')
    })
  })

  it('are told to any node, through the process system alone, with their hour', async (t) => {
    const network = { membership: { connect: 'mesh' } } as const
    const known = { a: ['b'], b: [] }
    const cluster = simulatedCluster({ seed: 7, hosts: ['a', 'b'], known, network })
    t.after(() => cluster.stop())
    await cluster.start()
    const { clock } = cluster
    await clock.advance(2_000)
    const [looking, shown] = ['a', 'b'].map((host) => cluster.member(host)?.node) as [Node, Node]
    const seat = new Seat(
      metricsOptions({}),
      new Door({ token: undefined, hostNames: [] }),
      undefined,
    )
    await clock.until(shown.spawn(MetricsActor, { name: 'metrics', args: [seat] }))
    const shape = { name: 'jobs_total', help: 'Jobs.' }
    await clock.until(shown.call('metrics', 'registerCounter', shape))
    for (let at = 0; at < 6; at += 1) {
      shown.send('metrics', 'counterAdd', { name: 'jobs_total', value: 20 })
      await clock.advance(10_000)
    }
    const system = processName('system', systemProtocol, shown.name)
    const ask = clock.until(looking.call(system, 'metrics', { name: 'jobs_total' }))
    const { metrics: told, history, node, readMs } = await ask
    assert.deepEqual([node, history.stepMs], ['b@sim', 10_000])
    assert.ok(clock.wallMs() - readMs < 2_000 && clock.wallMs() - history.untilMs < 20_000)
    assert.deepEqual(told[0]?.series[0]?.value, 120)
    const { perSecond = [] } = told[0]?.series[0]?.lines ?? {}
    assert.deepEqual(perSecond.slice(2, 5), [2, 2, 2])
    const past = processName('metrics', undefined, shown.name)
    await assert.rejects(clock.until(looking.call(past, 'metricsSheet', WISH)), (thrown) =>
      TroupeError.is(thrown, 'NOT_ALLOWED'),
    )
  })

  it('keep no hour where that is not wished for, and are not read while nobody looks', async () => {
    let collected = 0
    const collect = (): void => {
      collected += 1
    }
    await onNode([metrics({ port: 0, historySeriesMax: 0, collect })], async ({ node }) => {
      assert.equal(collected, 0)
      const sheet = await node.call(SYSTEM, 'metrics', {})
      assert.deepEqual([sheet.state, sheet.history.kept, collected], ['kept', 0, 1])
    })
  })
})
