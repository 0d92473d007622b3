/**
 * How finished spans leave a node, and what becomes of them where an exporter is slow or fails.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol, type Span, type SpanExporter, TroupeError } from 'troupe'
import { type TestNode, testNode } from 'troupe/testing'

const Sink = protocol('sink', { drop: message<number>() })
const sink = actor(Sink, { on: { drop: () => {} } })

/** A node that begins one trace for each message to `sink`. */
async function sending(exporter: SpanExporter): Promise<TestNode> {
  const test = await testNode({ seed: 2, tracing: { exporters: [exporter] } })
  await test.node.spawn(sink, { name: 'sink' })
  test.node.tracing.setSampler('always')
  return test
}

async function send({ node, clock }: TestNode, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) node.send('sink', 'drop', at)
  await clock.advance(0)
}

describe('an exporter', () => {
  it('gets batches: when one is full, or after a second; and the rest at the stop', async () => {
    const batches: (readonly Span[])[] = []
    let stops = 0
    const stop = (): void => {
      stops += 1
    }
    const test = await sending({ name: 'x', export: (spans) => void batches.push(spans), stop })
    await send(test, 600)
    await test.clock.advance(1)
    assert.deepEqual(
      batches.map(({ length }) => length),
      [512],
    )
    await test.clock.advance(1_000)
    assert.equal(batches[1]?.length, 88)
    await send(test, 3)
    await test.stop()
    assert.deepEqual([batches[2]?.length, stops], [3, 1])
    const ids = new Set(batches.flat().map(({ spanId }) => spanId))
    assert.equal(ids.size, 603)
  })

  it('that is slow holds nobody up: what waits is bounded, and the rest is counted', async () => {
    let settle = (): void => {}
    const slow = (): Promise<void> =>
      new Promise((resolve) => {
        settle = resolve
      })
    const test = await sending({ name: 'slow', export: slow })
    await send(test, 512)
    await test.clock.advance(1)
    await send(test, 9_000)
    const { queued, dropped, exported } = test.node.tracing.info().exporters[0] ?? {}
    assert.deepEqual([queued, dropped, exported], [8_192, 808, 0])
    settle()
    await test.clock.advance(1)
    assert.equal(test.node.tracing.info().exporters[0]?.exported, 512)
    await test.stop()
  })

  it('that fails is counted and told in the log, not for each batch', async () => {
    const fails = (): never => {
      throw new Error('no way')
    }
    const test = await sending({ name: 'bad', export: fails })
    for (let at = 0; at < 3; at += 1) {
      await send(test, 10)
      await test.clock.advance(1_500)
    }
    assert.equal(test.node.tracing.info().exporters[0]?.failed, 30)
    const told = test.log.filter(({ message: text }) => text.includes('could not be exported'))
    assert.equal(told.length, 1)
    await test.stop()
  })

  it('comes and goes while the node runs; names are taken once', async () => {
    const spans: Span[] = []
    const test = await sending({ name: 'first', export: () => {} })
    const exporter = {
      name: 'second',
      export: (batch: readonly Span[]) => void spans.push(...batch),
    }
    test.node.tracing.addExporter(exporter)
    const isTaken = (error: unknown): boolean => TroupeError.is(error, 'NAME_TAKEN')
    assert.throws(() => test.node.tracing.addExporter(exporter), isTaken)
    await send(test, 5)
    assert.equal(await test.clock.until(test.node.tracing.removeExporter('second')), true)
    assert.equal(spans.length, 5)
    assert.equal(await test.node.tracing.removeExporter('second'), false)
    await test.stop()
  })
})

describe('the spans a node keeps', () => {
  it('are the newest, bounded by number and by size', async () => {
    await using few = await testNode({ tracing: { keptMax: 10 } })
    await few.node.spawn(sink, { name: 'sink' })
    few.node.tracing.setSampler('always')
    await send(few, 25)
    const { kept, gone, total } = few.node.tracing.info()
    assert.deepEqual([kept, gone, total], [10, 15, 25])
    assert.equal([...few.node.tracing.spans()].length, 10)

    await using small = await testNode({ tracing: { keptBytesMax: 10_000 } })
    await small.node.spawn(sink, { name: 'sink' })
    small.node.tracing.setSampler('always')
    await send(small, 100)
    assert.ok(small.node.tracing.info().kept < 25)

    await using none = await testNode({ tracing: { keptMax: 0, sampler: 'always' } })
    await none.node.spawn(sink, { name: 'sink' })
    assert.deepEqual([...none.node.tracing.spans()], [])
  })
})
