/**
 * A process that takes the spans of a node away: in batches, no faster than it answers.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type ProcessExporter, protocol, type Span, SpanSink } from 'troupe'
import { type TestNode, testNode } from 'troupe/testing'

const Work = protocol('work', { go: message<number>() })
const worker = actor(Work, { on: { go: () => {} } })

/** What the sink does with a batch beside keeping it. */
type Taking = (batch: readonly Span[]) => unknown

const sinkOf = (taken: (readonly Span[])[], take: Taking = () => {}) =>
  actor(SpanSink, {
    on: {
      spans: async (_state, batch, context) => {
        taken.push(batch)
        context.send('worker', 'go', 0)
        await take(batch)
      },
    },
  })

const TO_SINK: ProcessExporter = { kind: 'process', name: 'sink', to: 'sink' }

async function traced(taken: (readonly Span[])[], take?: Taking): Promise<TestNode> {
  const test = await testNode({ seed: 6, tracing: { exporters: [TO_SINK] } })
  await test.node.spawn(worker, { name: 'worker' })
  await test.node.spawn(sinkOf(taken, take), { name: 'sink' })
  test.node.tracing.setSampler('always')
  return test
}

async function send({ node, clock }: TestNode, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) node.send('worker', 'go', at)
  await clock.advance(1_000)
}

describe('a process as an exporter', () => {
  it('gets batches as plain values, and no trace begins by that', async () => {
    const taken: (readonly Span[])[] = []
    await using test = await traced(taken)
    await send(test, 600)
    await test.clock.advance(5_000)
    assert.deepEqual(
      taken.map(({ length }) => length),
      [512, 88],
    )
    const [span] = taken[0] ?? []
    assert.deepEqual([span?.name, span?.kind, span?.node], ['go', 'send', test.node.name])
    assert.equal(Object.getPrototypeOf(span), Object.prototype)
    const { exporters, total } = test.node.tracing.info()
    assert.equal(total, 600, 'what the sink sends begins no trace')
    assert.deepEqual(exporters, [{ name: 'sink', exported: 600, queued: 0, dropped: 0, failed: 0 }])
  })

  it('that is slow gets one batch at a time; what waits is bounded, the rest counted', async () => {
    const taken: (readonly Span[])[] = []
    await using test = await traced(taken, () => new Promise(() => {}))
    await send(test, 600)
    await send(test, 9_000)
    assert.equal(taken.length, 1)
    const { queued, dropped, failed } = test.node.tracing.info().exporters[0] ?? {}
    assert.deepEqual([queued, dropped, failed], [8_192, 896, 0])
    await test.clock.advance(10_000)
    assert.equal(test.node.tracing.info().exporters[0]?.failed, 512)
  })

  it('that is not there costs its batches; under its name it goes on when it is back', async () => {
    const taken: (readonly Span[])[] = []
    await using test = await traced(taken)
    test.node.kill(test.node.whereis('sink') as never)
    await send(test, 5)
    assert.equal(test.node.tracing.info().exporters[0]?.failed, 5)
    assert.ok(test.log.some(({ message: text }) => text.includes('could not be exported')))
    await test.node.spawn(sinkOf(taken), { name: 'sink' })
    await send(test, 7)
    const sends = taken.flat().filter(({ kind }) => kind === 'send')
    assert.equal(sends.length, 7)
  })

  it('comes and goes while the node runs', async () => {
    const taken: (readonly Span[])[] = []
    await using test = await traced(taken)
    const bad = [
      { kind: 'process', name: 'x' },
      { kind: 'process', name: '', to: 'sink' },
    ]
    for (const given of bad) {
      assert.throws(() => test.node.tracing.addExporter(given as never), { code: 'OPTION_INVALID' })
    }
    assert.equal(await test.clock.until(test.node.tracing.removeExporter('sink')), true)
    await send(test, 3)
    assert.deepEqual(taken, [])
    test.node.tracing.addExporter({ ...TO_SINK, to: test.node.whereis('sink') as never })
    await send(test, 4)
    assert.equal(taken.flat().length, 4)
  })

  it('waits with so many bytes at most, however large its spans are', async () => {
    const slow = { name: 'slow', export: () => new Promise<void>(() => {}) }
    await using test = await testNode({ seed: 6, tracing: { exporters: [slow] } })
    const wordy = actor(Work, {
      on: {
        go: (_state, at, { tracing }) => {
          for (let name = 0; name < 30; name += 1)
            tracing.setAttribute(`${name}`, `${at}`.repeat(60))
        },
      },
    })
    await test.node.spawn(wordy, { name: 'worker' })
    test.node.tracing.setSampler('always')
    for (let at = 1_000; at < 3_000; at += 1) test.node.send('worker', 'go', at)
    await test.clock.advance(0)
    const { queued = 0, dropped = 0 } = test.node.tracing.info().exporters[0] ?? {}
    assert.ok(queued < 1_400 && dropped > 0, `${queued} wait, ${dropped} are dropped`)
  })
})
