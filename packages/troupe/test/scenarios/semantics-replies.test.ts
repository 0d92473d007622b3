/**
 * Design section 4, sentences 7 and 8 on one node: replies that come later; important sends.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import {
  type Node,
  NoReply,
  type ProcessContext,
  protocol,
  type Replier,
  request,
  TroupeError,
} from '#contract'
import { makeGate, play } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

describe(SENTENCES.deferred, () => {
  it('an answer may be deferred: it comes when the callee gives it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, seen } = await play(node)
    let replier: Replier | undefined
    const call = node.call(pid, 'ask', (context) => {
      replier = context.replyLater()
      return NoReply
    })
    node.send(pid, 'note', 'served meanwhile')
    await clock.settle()
    assert.deepEqual([seen, replier?.alive], [['served meanwhile'], true])
    assert.equal(replier?.reply('late'), true)
    assert.equal(await call, 'late')
    assert.deepEqual([replier?.alive, replier?.reply('again')], [false, false])
  })

  it('a deferred answer may be a rejection', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const call = node.call(pid, 'ask', (context) => {
      context.replyLater().reject(new TroupeError('NODE_STOPPED', { node: 'other' }))
      return NoReply
    })
    await assert.rejects(call, { code: 'NODE_STOPPED' })
    assert.ok(node.isAlive(pid))
  })

  it('a deferred answer is void once the caller has given up', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    let replier: Replier | undefined
    const defers = (context: ProcessContext) => {
      replier = context.replyLater()
      return NoReply
    }
    const call = node.call(pid, 'ask', defers, { timeoutMs: 10 })
    const rejected = assert.rejects(call, { code: 'CALL_TIMEOUT' })
    await clock.advance(10)
    await rejected
    assert.deepEqual([replier?.alive, replier?.reply('late')], [false, false])
  })

  it('an answer may be delegated: another process gives it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [front, back] = [await play(node), await play(node)]
    const answer = await node.call(front.pid, 'ask', (context) => {
      const replier = context.replyLater()
      context.send(back.pid, 'act', () => replier.reply('from the back'))
      return NoReply
    })
    assert.equal(answer, 'from the back')
    assert.ok(clock.nowMs() === 0)
  })

  it('a request may be forwarded whole: the other answers, and knows who asked', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Front = protocol('front', { ask: request<(c: ProcessContext) => unknown, unknown>() })
    const back = await play(node)
    const front = await node.spawn(
      actor(Front, { on: { ask: (_state, _run, context) => context.forward(back.pid) } }),
    )
    const asker = await play(node)
    let answer: unknown
    node.send(asker.pid, 'act', async (context) => {
      answer = await context.call(front, 'ask', (callee) => [callee.self, callee.from])
    })
    await clock.settle()
    assert.deepEqual(answer, [back.pid, asker.pid])
  })

  it('a request that cannot be forwarded rejects its caller', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    await assert.rejects(
      node.call(pid, 'ask', (context) => context.forward('nobody')),
      (error) => TroupeError.is(error),
    )
  })

  it('an AbortSignal gives up early', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    const gate = makeGate()
    const controller = new AbortController()
    const call = node.call(pid, 'ask', () => gate.closed, { signal: controller.signal })
    await clock.settle()
    controller.abort()
    await assert.rejects(call, { code: 'CALL_ABORTED' })
    await assert.rejects(
      node.call(pid, 'ask', () => 1, { signal: controller.signal }),
      {
        code: 'CALL_ABORTED',
      },
    )
    gate.open()
  })

  it('deadlines travel with nested calls', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [outer, inner, innermost] = [await play(node), await play(node), await play(node)]
    const left: (number | undefined)[] = []
    const call = node.call(
      outer.pid,
      'ask',
      async (first) => {
        await first.sleep(100)
        left.push(first.deadlineMs)
        return first.call(inner.pid, 'ask', async (second) => {
          await second.sleep(100)
          left.push(second.deadlineMs)
          return second.call(innermost.pid, 'ask', () => new Promise(() => {}))
        })
      },
      { timeoutMs: 1_000 },
    )
    const rejected = assert.rejects(call, { code: 'CALL_TIMEOUT' })
    await clock.advance(999)
    assert.deepEqual(left, [900, 800])
    await clock.advance(1)
    await rejected
    await clock.settle()
    // The inner callers gave up at the same time; a timeout that nobody catches ends them.
    assert.deepEqual([node.isAlive(outer.pid), node.isAlive(inner.pid)], [false, false])
  })
})

describe(SENTENCES.important, () => {
  const outcomes = async (node: Node, settle: () => Promise<void>) => {
    const alive = await play(node)
    const gone = await play(node)
    const full = await play(node, { mailbox: { lengthMax: 1 } })
    node.kill(gone.pid)
    await settle()
    node.send(full.pid, 'note', 1)
    const pids = [alive.pid, gone.pid, full.pid]
    return Promise.all(pids.map((pid) => node.sendImportant(pid, 'note', 'important')))
  }

  it('an important send on the own node gives exactly the outcomes of a plain send', async () => {
    await using test = await testNode()
    assert.deepEqual(await outcomes(test.node, () => test.clock.settle()), [
      undefined,
      'PROCESS_UNKNOWN',
      'MAILBOX_FULL',
    ])
    assert.equal(await test.node.sendImportant('nobody', 'note', 1), 'NAME_UNKNOWN')
  })

  it('an important send confirms the enqueue, not the handling', async () => {
    await using test = await testNode()
    const { node } = test
    const player = await play(node)
    const gate = makeGate()
    node.send(player.pid, 'act', () => gate.closed)
    assert.equal(await node.sendImportant(player.pid, 'note', 1), undefined)
    assert.deepEqual(player.seen, [])
    gate.open()
  })
})
