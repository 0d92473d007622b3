/**
 * A whole node in virtual time: that it is one, and that it repeats itself.
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { memorySink } from 'troupe'
import { testNode, virtualClock } from 'troupe/testing'
import { actor } from '#actor'
import { message, protocol } from '#contract'

const Tick = protocol('tick', { tick: message() })
/** Ticks at random distances and logs each. */
const ticker = actor(Tick, {
  started: (_state, context) => context.send(context.self, 'tick'),
  on: {
    tick(_state, _nothing, context) {
      context.log.info('tick', { at: context.nowMs() })
      context.sendAfter(Math.floor(context.random() * 1_000), context.self, 'tick')
    },
  },
})

describe('test node', () => {
  it('runs in virtual time and keeps its log in memory', async () => {
    await using test = await testNode({ startWallMs: 1_000 })
    test.node.log.info('hello', { n: 1 })
    await test.clock.advance(250)
    test.node.log.info('later')
    const lines = test.log.filter(({ message: text }) => text === 'hello' || text === 'later')
    assert.deepEqual(
      lines.map(({ timeMs, message: text }) => [timeMs, text]),
      [
        [1_000, 'hello'],
        [1_250, 'later'],
      ],
    )
  })

  it('gives its log to further sinks', async () => {
    const sink = memorySink()
    await using test = await testNode({ logSinks: [sink] })
    test.node.log.warning('to both')
    assert.ok(sink.messages().includes('to both'))
  })

  it('repeats itself exactly for the same seed', async () => {
    const history = async (seed: number): Promise<string> => {
      await using test = await testNode({ seed })
      await Promise.all([1, 2, 3].map(() => test.node.spawn(ticker)))
      await test.clock.advance(10_000)
      return JSON.stringify(test.log.map(({ timeMs, fields }) => [timeMs, fields]))
    }
    const first = await history(1)
    assert.ok(first.length > 1_000)
    assert.equal(await history(1), first)
    assert.notEqual(await history(2), first)
  })

  it('stops in virtual time, however long its processes take', async () => {
    const test = await testNode()
    const slow = actor(protocol('slow', {}), {
      on: {},
      terminate: (_state, _reason, context) => context.sleep(4_000),
    })
    await test.node.spawn(slow)
    await test.stop()
    await test.stop()
    assert.equal(test.node.running, false)
    assert.ok(test.clock.nowMs() >= 4_000 && test.clock.nowMs() < 10_000)
  })

  it('shares a clock with other nodes', async () => {
    const clock = virtualClock()
    await using first = await testNode({ name: 'a@host', clock })
    await using second = await testNode({ name: 'b@host', clock })
    await clock.advance(70)
    assert.deepEqual([first.node.info().uptimeMs, second.node.info().uptimeMs], [70, 70])
  })

  it('refuses names and options as a node does', async () => {
    await assert.rejects(testNode({ name: 'nowhere' }), { code: 'NODE_NAME_INVALID' })
    await assert.rejects(testNode({ stopTimeoutMs: -1 }), { code: 'OPTION_INVALID' })
  })
})

describe('the kit', () => {
  it('needs nothing of a test runner', async () => {
    const folder = new URL(import.meta.resolve('troupe/testing'))
    const files = await readdir(new URL('.', folder))
    const sources = files.filter((file) => file.endsWith('.js'))
    assert.ok(sources.length > 10)
    for (const file of sources) {
      const text = await readFile(new URL(file, folder), 'utf8')
      assert.doesNotMatch(text, /node:test|vitest|\bdescribe\(|\bbeforeEach\b/, file)
    }
  })
})
