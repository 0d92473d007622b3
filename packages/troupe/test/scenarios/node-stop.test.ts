/**
 * The stop of a node: what cannot refuse it, what cannot delay it, and what it leaves behind.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol, startNode } from 'troupe'
import { testNode } from 'troupe/testing'
import { play } from '#test/scenarios/scripted'

describe('the stop of a node', () => {
  it('cannot be trapped', async () => {
    await using test = await testNode()
    const { node, clock, stop } = test
    const player = await play(node, { trapExit: true })
    await stop()
    assert.deepEqual(player.seen, ['terminate: shutdown'])
    assert.equal(clock.nowMs(), 0)
  })

  it('ends parents before the children they have left behind', async () => {
    await using test = await testNode()
    const { node, stop } = test
    const order: string[] = []
    const Chain = protocol('chain', {})
    const link = actor(Chain, {
      init: (depth: number) => ({ depth }),
      async started({ depth }, context) {
        if (depth > 0) await context.spawn(link, { args: [depth - 1] })
      },
      on: {},
      terminate: ({ depth }) => void order.push(`${depth}`),
    }) as ReturnType<typeof actor<typeof Chain, { depth: number }, [number]>>
    await node.spawn(link, { args: [3] })
    await stop()
    assert.deepEqual(order, ['3', '2', '1', '0'])
  })
})

describe('a node that has stopped', () => {
  it('leaves no timer and no listener behind, however often one is started', async () => {
    const Tick = protocol('tick', { begin: message() })
    const ticking = actor(Tick, {
      on: { begin: (_state, _payload, context) => void context.every(1_000, () => {}) },
    })
    const counts = () =>
      ['SIGTERM', 'SIGINT', 'unhandledRejection', 'exit'].map((name) => process.listenerCount(name))
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = counts()
    const timersBefore = timers()
    for (let i = 0; i < 20; i += 1) {
      const node = await startNode(`round${i}@localhost`, { logSinks: [] })
      const pid = await node.spawn(ticking)
      node.send(pid, 'begin')
      await assert.rejects(node.call(pid, 'nothing' as never), { code: 'MESSAGE_UNKNOWN' })
      await node.stop()
      await assert.rejects(node.call(pid, 'nothing' as never), { code: 'NODE_STOPPED' })
    }
    assert.deepEqual(counts(), before)
    // Those of other tests may have rung meanwhile.
    assert.ok(timers() <= timersBefore, `${timers()} timers, ${timersBefore} before`)
  })
})
