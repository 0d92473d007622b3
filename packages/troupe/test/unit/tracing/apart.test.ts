/**
 * What has nothing to do with a trace stays out of it, though its process is in the middle of one.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol, request } from 'troupe'
import { testNode } from 'troupe/testing'
import { simulatedStage } from '#test/scenarios/two-nodes/stage'
import { spansOf, treeOf } from './trace-kit.js'

const Work = protocol('work', {
  set: message<void>(),
  wait: message<void>(),
  note: message<void>(),
  slow: request<number, void>(),
})

const worker = actor(Work, {
  on: {
    set: (_state, _given, context) => void context.sendAfter(20, 'other', 'note'),
    wait: (_state, _given, context) => context.sleep(50),
    note: () => {},
    slow: (_state, ms, context) => context.sleep(ms),
  },
})

describe('a delayed send', () => {
  it('that was set in no trace is in none, whatever its process does by then', async () => {
    await using test = await testNode({ seed: 7 })
    await test.node.spawn(worker, { name: 'one' })
    await test.node.spawn(worker, { name: 'other' })
    test.node.send('one', 'set')
    await test.clock.advance(1)
    const named = ({ name }: { readonly name: string }): boolean => name === 'wait'
    test.node.tracing.setSampler({ kind: 'custom', name: 'wait', sample: named })
    test.node.send('one', 'wait')
    await test.clock.advance(100)
    assert.deepEqual(treeOf(spansOf(test.node)), ['send wait sdp'])
  })
})

describe('a request that its caller gave up before it was handled', () => {
  it('has its points in order where it is handled all the same', async () => {
    const stage = await simulatedStage.start()
    try {
      const { a, b, settle, pass } = stage
      const pid = await settle(b.spawn(worker, { name: 'slow' }))
      await settle(a.call(pid, 'slow', 0))
      a.tracing.setSampler('always')
      const first = a.call(pid, 'slow', 400).catch(() => {})
      const late = a.call(pid, 'slow', 5, { timeoutMs: 100 }).catch(() => {})
      await settle(Promise.all([first, late]))
      await pass(100)
      for (const { sentMs = 0, deliveredMs, processedMs } of spansOf(b)) {
        assert.ok(sentMs <= (deliveredMs ?? sentMs))
        assert.ok((deliveredMs ?? 0) <= (processedMs ?? Number.POSITIVE_INFINITY))
      }
    } finally {
      await stage.close()
    }
  })
})
