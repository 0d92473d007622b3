/**
 * Design section 4, sentence 11: throws and rejections, and whom they end.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import { describeReason, type Pid, type ProcessContext, protocol, TroupeError } from '#contract'
import { endOf, play, scripted } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

const boom = (): never => {
  throw new RangeError('boom')
}

describe(SENTENCES.throws, () => {
  it('a throw ends only that process', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [player, other] = [await play(node), await play(node)]
    node.send(player.pid, 'act', boom)
    node.send(other.pid, 'note', 'still here')
    await clock.settle()
    assert.deepEqual([node.isAlive(player.pid), other.seen], [false, ['still here']])
    assert.ok(node.running)
  })

  it('a throw ends it with a reason that is a value', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const thrown: readonly (readonly [unknown, string, string | undefined])[] = [
      [new RangeError('boom'), 'RangeError: boom', undefined],
      [
        new TroupeError('NAME_UNKNOWN', { name: 'x', node: 'a@b' }),
        'nobody is registered as x on a@b',
        'NAME_UNKNOWN',
      ],
      ['a string', 'a string', undefined],
      [undefined, 'undefined', undefined],
      [{ a: 1 }, '{"a":1}', undefined],
      [null, 'null', undefined],
    ]
    for (const [value, text, code] of thrown) {
      const { pid } = await play(node)
      const end = endOf(node, pid)
      node.send(pid, 'act', () => {
        throw value
      })
      await clock.settle()
      const { reason } = end
      assert.ok(typeof reason === 'object' && reason.kind === 'crash')
      assert.deepEqual([reason.message, reason.code], [text, code])
      assert.deepEqual(structuredClone(reason), reason)
    }
  })

  it('a throw in init rejects the spawn, and nobody else hears of the process', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const failing = (init: () => undefined | Promise<undefined>) =>
      actor(protocol('failing', {}), { init, on: {}, terminate: boom })
    for (const init of [boom, async () => boom()]) {
      await assert.rejects(node.spawn(failing(init), { name: 'failing' }), (error) => {
        assert.ok(TroupeError.is(error, 'INIT_FAILED'))
        assert.ok(error.cause instanceof RangeError)
        return true
      })
      assert.equal(node.whereis('failing'), undefined)
    }
    await clock.settle()
    assert.equal(node.processes().length, 0)
    assert.equal(node.info().spawnFailed, 2)
  })

  it('a throw in terminate is logged, and the end goes on', async () => {
    await using test = await testNode()
    const { node, clock, log } = test
    for (const terminate of [boom, async () => boom()]) {
      const pid = await node.spawn(actor(protocol('bad-end', {}), { on: {}, terminate }))
      const end = endOf(node, pid)
      node.exit(pid, 'shutdown')
      await clock.settle()
      assert.equal(end.reason, 'shutdown')
    }
    const failures = log.filter(({ message }) => message === 'terminate failed')
    assert.equal(failures.length, 2)
  })

  it('a throw in a timer or in the handler of a signal ends it likewise', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Frail = protocol('frail', {})
    const frail = (start: (context: ProcessContext) => unknown) =>
      actor(Frail, {
        started: (_state, context) => void start(context),
        on: {},
        handleDown: boom,
        handleExit: boom,
        handleEvent: boom,
        options: { trapExit: true },
      })
    const token = node.registerEvent<string>('news', { open: true })
    const other = await play(node)
    const pids = [
      await node.spawn(frail((context) => context.after(5, boom))),
      await node.spawn(frail((context) => context.subscribe(token.event))),
      await node.spawn(frail((context) => context.monitor(other.pid))),
      await node.spawn(frail((context) => context.link(other.pid))),
    ]
    const ends = pids.map((pid) => endOf(node, pid))
    await clock.settle()
    node.publish(token, 'now')
    node.kill(other.pid)
    await clock.advance(5)
    assert.deepEqual(
      ends.map(({ reason }) => reason && describeReason(reason)),
      new Array(4).fill('crash (RangeError: boom)'),
    )
  })
})

describe(SENTENCES.rejections, () => {
  it('a rejection in a handler belongs to its process', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const before = node.info().floatingRejections
    const { pid, seen } = await play(node)
    node.send(pid, 'act', async () => {
      await undefined
      boom()
    })
    await clock.settle()
    assert.deepEqual(seen, ['terminate: crash (RangeError: boom)'])
    assert.equal(node.info().floatingRejections, before)
  })

  it('a rejection in a timer of ours belongs to its process', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const before = node.info().floatingRejections
    const { pid, seen } = await play(node)
    node.send(pid, 'act', (context) => {
      context.after(5, async () => {
        await context.sleep(5)
        boom()
      })
    })
    await clock.advance(10)
    assert.deepEqual(seen, ['terminate: crash (RangeError: boom)'])
    assert.equal(node.info().floatingRejections, before)
  })

  it('a rejection that floats is counted for the node, which goes on', async () => {
    // The test runner would take a floating rejection for a failed test.
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    try {
      await using test = await testNode()
      const { node, clock, log } = test
      const before = node.info().floatingRejections
      const { pid } = await play(node)
      node.send(pid, 'act', () => {
        void Promise.reject(new RangeError('afloat'))
      })
      await clock.settle()
      assert.ok(node.isAlive(pid))
      assert.equal(node.info().floatingRejections, before + 1)
      assert.ok(log.some(({ message }) => /rejected with nobody listening/.test(message)))
    } finally {
      for (const other of others) process.on('unhandledRejection', other)
    }
  })
})

describe('the end of a process in numbers', () => {
  it('deep chains of links end without recursion', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const pids: Pid[] = []
    for (let i = 0; i < 50_000; i += 1) pids.push(await node.spawn(scripted))
    for (const [i, pid] of pids.entries()) {
      const next = pids[i + 1]
      if (next !== undefined) node.send(pid, 'act', (context: ProcessContext) => context.link(next))
    }
    await clock.settle()
    node.kill(pids[0] as Pid)
    await clock.settle()
    assert.equal(node.processes().length, 0)
  })
})
