/**
 * Design section 4, sentence 11: exit signals, and when watchers are told.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { actor } from '#actor'
import { custom, describeReason, type ExitReason, type ProcessContext, protocol } from '#contract'
import { endOf, makeGate, type Player, play, scripted } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

/** A player that is monitored by another. */
async function watched(test: TestNode, options: Parameters<typeof play>[1] = {}) {
  const { node, clock } = test
  const [player, watcher] = [await play(node, options), await play(node)]
  node.send(watcher.pid, 'act', (context) => context.monitor(player.pid))
  await clock.settle()
  return { player, watcher }
}

/** Spawns a player as the child of another. */
async function childOf(test: TestNode, parent: Player, trapExit: boolean): Promise<Player> {
  const seen: string[] = []
  const spawn = (context: ProcessContext) => context.spawn(scripted, { trapExit, args: [seen] })
  return { pid: (await test.node.call(parent.pid, 'ask', spawn)) as Player['pid'], seen }
}

describe(SENTENCES.exits, () => {
  const reasons: readonly ExitReason[] = ['shutdown', 'killed', custom('worn-out'), 'normal']

  it('exit signals end a process that does not trap, with their reason', async () => {
    await using test = await testNode()
    const { node, clock } = test
    for (const reason of reasons) {
      const { pid, seen } = await play(node)
      const [end, other] = [endOf(node, pid), await play(node)]
      node.send(other.pid, 'act', (context) => context.exit(pid, reason))
      await clock.settle()
      assert.deepEqual([end.reason, seen], [reason, [`terminate: ${describeReason(reason)}`]])
    }
  })

  it('exit signals reach a process that traps as messages', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, seen } = await play(node, { trapExit: true })
    const other = await play(node)
    for (const reason of reasons) {
      node.send(other.pid, 'act', (context) => context.exit(pid, reason))
    }
    await clock.settle()
    assert.ok(node.isAlive(pid))
    assert.deepEqual(
      seen,
      reasons.map((reason) => `exit of pid: ${describeReason(reason)}`),
    )
  })

  it('exit signals may be trapped from one moment to the next', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, seen } = await play(node)
    const end = endOf(node, pid)
    const set = async (on: boolean) => {
      node.send(pid, 'act', (context) => context.trapExit(on))
      await clock.settle()
    }
    await set(true)
    node.exit(pid, 'shutdown')
    await clock.settle()
    assert.deepEqual(seen, ['exit of node: shutdown'])
    await set(false)
    node.exit(pid, 'shutdown')
    await clock.settle()
    assert.equal(end.reason, 'shutdown')
  })

  it('exit signals of the parent cannot be trapped', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const parent = await play(node)
    const child = await childOf(test, parent, true)
    const end = endOf(node, child.pid)
    node.send(parent.pid, 'act', (context) => context.exit(child.pid, custom('over')))
    await clock.settle()
    assert.deepEqual([end.reason, child.seen], [custom('over'), ['terminate: over']])
  })

  it('exit signals to a process that is gone do nothing', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    node.kill(pid)
    await clock.settle()
    node.exit(pid, 'shutdown')
    node.kill(pid)
    await clock.settle()
    assert.equal(node.info().ended, 1)
  })

  it('exit signals wait until the handler that runs has settled', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, seen } = await play(node)
    const gate = makeGate()
    node.send(pid, 'act', () => gate.closed.then(() => void seen.push('settled')))
    await clock.settle()
    node.exit(pid, 'shutdown')
    await clock.settle()
    assert.deepEqual([seen, node.isAlive(pid)], [[], true])
    gate.open()
    await clock.settle()
    assert.deepEqual(seen, ['settled', 'terminate: shutdown'])
  })
})

describe(SENTENCES.watchers, () => {
  it('watchers are told exactly once, after terminate ran', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const order: string[] = []
    const Slow = protocol('slow', {})
    const slow = actor(Slow, {
      on: {},
      async terminate(_state, _reason, context) {
        order.push('terminate begins')
        await context.sleep(100)
        order.push('terminate ends')
      },
    })
    const pid = await node.spawn(slow)
    const watcher = await play(node, { trapExit: true })
    node.send(watcher.pid, 'act', (context) => {
      context.monitor(pid)
      context.monitor(pid)
      context.link(pid)
    })
    await clock.settle()
    const note = watcher.seen.push.bind(watcher.seen)
    watcher.seen.push = (...lines) => {
      order.push(...lines)
      return note(...lines)
    }
    node.exit(pid, 'shutdown')
    node.exit(pid, custom('again'))
    await clock.advance(99)
    assert.deepEqual(order, ['terminate begins'])
    await clock.advance(1_000)
    assert.deepEqual(order.slice(0, 2), ['terminate begins', 'terminate ends'])
    assert.deepEqual(order.slice(2).sort(), [
      'down of pid: shutdown',
      'down of pid: shutdown',
      'exit of pid: shutdown',
    ])
  })

  it('watchers are told when the deadline of terminate has passed', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gate = makeGate()
    const Stuck = protocol('stuck', {})
    const stuck = actor(Stuck, { on: {}, terminate: () => gate.closed })
    const times: number[] = []
    for (const options of [{}, { terminateTimeoutMs: 50 }]) {
      const pid = await node.spawn(stuck, options)
      void node.ended(pid).then(() => times.push(clock.nowMs()))
      node.exit(pid, 'shutdown')
    }
    await clock.advance(49)
    assert.deepEqual(times, [])
    await clock.advance(10_000)
    assert.deepEqual(times, [50, 5_000])
    assert.equal(node.info().zombies, 2)
    gate.open()
    await clock.settle()
    assert.equal(node.info().zombies, 0)
  })

  it('watchers are told once also when many ends race', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { player, watcher } = await watched(test)
    node.send(player.pid, 'act', (context) => {
      context.stop('shutdown')
      context.exit(context.self, custom('self'))
      throw new Error('too')
    })
    node.exit(player.pid, 'shutdown')
    node.kill(player.pid)
    node.kill(player.pid)
    await clock.settle()
    assert.equal(watcher.seen.length, 1)
    assert.equal(node.info().ended, 1)
  })
})
