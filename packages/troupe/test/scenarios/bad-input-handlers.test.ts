/**
 * Issue 2, section 7: handlers that throw, reject, hang and spin. The node lives.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type ProcessContext, protocol } from 'troupe'
import { testNode } from 'troupe/testing'
import { codeOf, HOSTILE_THROWN, hostileProxy, lives } from '#test/scenarios/bad-input'
import { endOf, play } from '#test/scenarios/scripted'

const boom = (): never => {
  throw new RangeError('boom')
}

describe('a handler that throws', () => {
  for (const [told, make] of HOSTILE_THROWN) {
    it(`ends its process alone when it throws ${told}, and its watcher is told`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const watcher = await play(node)
      const throwing = (): never => {
        throw make()
      }
      for (const [at, run] of [throwing, async () => throwing()].entries()) {
        const player = await play(node)
        node.send(watcher.pid, 'act', (context) => context.monitor(player.pid))
        await clock.settle()
        node.send(player.pid, 'act', run)
        node.send(player.pid, 'note', 'never handled')
        await clock.settle()
        assert.deepEqual([node.isAlive(player.pid), watcher.seen.length], [false, at + 1])
        assert.match(watcher.seen[at] ?? '', /^down of pid: crash \(/)
      }
      assert.equal(node.account().dropped['handler-failed'], 2)
      assert.equal(node.account().dropped['process-ended'], 2)
      await lives(test)
    })

    it(`rejects the caller when it throws ${told}`, async () => {
      await using test = await testNode()
      const { node } = test
      const throwing = (): never => {
        throw make()
      }
      for (const run of [throwing, async () => throwing()]) {
        const { pid } = await play(node)
        assert.equal(await codeOf(node.call(pid, 'ask', run)), 'HANDLER_FAILED')
      }
      await lives(test)
    })

    it(`fails the spawn when init throws ${told}, and nothing is left`, async () => {
      await using test = await testNode()
      const { node } = test
      const throwing = (): never => {
        throw make()
      }
      for (const init of [throwing, async () => throwing()]) {
        const failing = actor(protocol('failing', {}), { init, on: {} })
        assert.equal(await codeOf(node.spawn(failing, { name: 'x' })), 'INIT_FAILED')
      }
      assert.deepEqual([node.processes().length, node.info().spawnFailed], [0, 2])
      await lives(test)
    })
  }

  it('in a timer, a sent timer, terminate or inspect harms nobody else', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Frail = protocol('frail', {})
    const frail = (start: (context: ProcessContext) => unknown) =>
      actor(Frail, {
        started: (_state, context) => void start(context),
        on: {},
        inspect: boom,
        terminate: boom,
      })
    const other = await play(node)
    const pids = [
      await node.spawn(frail((context) => context.after(5, boom))),
      await node.spawn(frail((context) => context.every(5, async () => boom()))),
      await node.spawn(frail((context) => context.at(context.wallMs() + 5, boom))),
      await node.spawn(frail((context) => context.sendAfter(5, hostileProxy() as never, 'note'))),
    ]
    const ends = pids.map((pid) => endOf(node, pid))
    const { inspected } = node.processInfo(pids[0] as (typeof pids)[0]) ?? {}
    assert.deepEqual(inspected, { inspectFailed: 'RangeError: boom' })
    // Due together with those that throw: it must not be held up by them.
    node.send(other.pid, 'act', (context) => {
      context.after(5, () => void other.seen.push('on time'))
    })
    await clock.advance(5)
    assert.ok(ends.every(({ reason }) => typeof reason === 'object' && reason.kind === 'crash'))
    assert.deepEqual(other.seen, ['on time'])
    await lives(test)
  })

  it('that hears of a down, an exit, an event or a record ends its process alone', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const deaf = actor(protocol('deaf', {}), {
      started: (_state: undefined, context) => {
        context.monitor(gone.pid)
        context.link(gone.pid)
        return context.subscribe(news.event)
      },
      on: {},
      handleDown: boom,
      handleExit: boom,
      handleEvent: boom,
      handleLog: boom,
      options: { trapExit: true },
    })
    const news = node.registerEvent('news')
    const gone = await play(node, { trapExit: true })
    const [one, two, three] = [
      await node.spawn(deaf),
      await node.spawn(deaf),
      await node.spawn(deaf),
    ]
    node.log.addProcess('deaf', three)
    node.log.info('hear this')
    await clock.settle()
    assert.deepEqual([one, two, three].map(node.isAlive.bind(node)), [true, true, false])
    node.kill(gone.pid)
    await clock.settle()
    assert.deepEqual([one, two].map(node.isAlive.bind(node)), [false, false])
    await lives(test)
  })

  it('in the key function of a mailbox is taken for a message without a key', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const mailbox = { policy: 'latest-by-key', lengthMax: 10, keyOf: boom } as const
    const { pid, seen } = await play(node, { mailbox })
    for (const word of ['a', 'b']) assert.equal(node.send(pid, 'note', word), undefined)
    await clock.settle()
    assert.deepEqual(seen, ['a', 'b'])
    await lives(test)
  })

  it('in the callbacks of an application, or its members, leaves the node as it was', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const member = { start: actor(protocol('m', {}), { init: boom, on: {} }) }
    for (const wrong of [{ init: boom, members: [] }, { members: [member] }]) {
      node.loadApplication({ name: 'app', ...wrong })
      assert.equal(await codeOf(node.startApplication('app')), 'APPLICATION_START_FAILED')
      node.unloadApplication('app')
    }
    const late = { name: 'late', members: [], start: boom, stop: boom, terminate: boom }
    node.loadApplication(late)
    await node.startApplication('late')
    await clock.until(node.stopApplication('late'))
    await lives(test)
  })

  it('as a job of the calendar is counted there and runs again', async () => {
    await using test = await testNode()
    const { node, clock } = test
    for (const [at, run] of [boom, async () => boom(), () => Promise.reject(null)].entries()) {
      node.cron.add({ name: `${at}`, spec: '* * * * * *', action: { kind: 'run', run } })
    }
    await clock.advance(2_000)
    const told = node.cron.jobs().map(({ runs, failures }) => [runs, failures])
    assert.deepEqual(told, new Array(3).fill([2, 2]))
    await lives(test)
  })
})

describe('a promise that nobody awaits', () => {
  it('is counted for the node, whatever it rejects with, and nobody ends', async () => {
    // The test runner would take a floating rejection for a failed test.
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    try {
      await using test = await testNode()
      const { node, clock } = test
      const before = node.info().floatingRejections
      const { pid } = await play(node)
      // Node itself reads the stack of an error and fails when that throws.
      const thrown = HOSTILE_THROWN.filter(([told]) => told !== 'an error whose message throws')
      for (const [, make] of thrown) {
        node.send(pid, 'act', () => void Promise.reject(make()))
      }
      await clock.settle()
      assert.ok(node.isAlive(pid))
      assert.equal(node.info().floatingRejections, before + thrown.length)
      await lives(test)
    } finally {
      for (const other of others) process.on('unhandledRejection', other)
    }
  })
})
