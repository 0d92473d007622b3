/**
 * Design section 4, sentence 11: what a kill does, and what it cannot stop.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { actor } from '#actor'
import { eventName, type ProcessContext, protocol, TroupeError } from '#contract'
import { endOf, makeGate, play, type ScriptedPid, scripted } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

/** A player that is monitored by another. */
async function watched(test: TestNode, options: Parameters<typeof play>[1] = {}) {
  const { node, clock } = test
  const [player, watcher] = [await play(node, options), await play(node)]
  node.send(watcher.pid, 'act', (context) => context.monitor(player.pid))
  await clock.settle()
  return { player, watcher }
}

/** Verbs by which a process would still do something. */
const effects = (context: ProcessContext, other: ScriptedPid) => ({
  call: () => context.call(other, 'ask', () => 1),
  spawn: () => context.spawn(scripted),
  exit: () => context.exit(other, 'shutdown'),
  kill: () => context.kill(other),
  link: () => context.link(other),
  monitor: () => context.monitor(other),
  register: () => context.register('ghost'),
  createAlias: () => context.createAlias(),
  registerEvent: () => context.registerEvent('ghost'),
  subscribe: () => context.subscribe(eventName('node')),
  after: () => context.after(1, () => assert.fail('the timer ran')),
  sendAfter: () => context.sendAfter(1, other, 'note', 'void'),
})

/** The code an attempt is refused with, or what it gave. */
async function codeOf(attempt: () => unknown): Promise<unknown> {
  try {
    return await attempt()
  } catch (error) {
    return TroupeError.is(error) ? error.code : error
  }
}

describe(SENTENCES.kill, () => {
  it('kill tells watchers at once, though a handler still runs', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { player, watcher } = await watched(test)
    const gate = makeGate()
    node.send(player.pid, 'act', () => gate.closed)
    await clock.settle()
    node.kill(player.pid)
    await clock.settle()
    assert.deepEqual(watcher.seen, ['down of pid: killed'])
    assert.equal(node.isAlive(player.pid), false)
    gate.open()
  })

  it('kill does not run terminate', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, seen } = await play(node)
    node.kill(pid)
    await clock.settle()
    assert.deepEqual(seen, [])
  })

  it('kill cannot be trapped, and ends a process that is in terminate', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const trapping = await play(node, { trapExit: true })
    const gate = makeGate()
    const stuck = await node.spawn(
      actor(protocol('stuck', {}), { on: {}, terminate: () => gate.closed }),
    )
    const ends = [endOf(node, trapping.pid), endOf(node, stuck)]
    node.exit(stuck, 'shutdown')
    await clock.settle()
    node.kill(trapping.pid)
    node.kill(stuck)
    await clock.settle()
    assert.deepEqual(
      ends.map(({ reason }) => reason),
      ['killed', 'killed'],
    )
    gate.open()
  })

  it('kill revokes the context: later sends become dead letters', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [player, other] = [await play(node), await play(node)]
    const gate = makeGate()
    let failure: unknown
    node.send(player.pid, 'act', async (context) => {
      await gate.closed
      failure = context.send(other.pid, 'note', 'void')
    })
    await clock.settle()
    node.kill(player.pid)
    gate.open()
    await clock.settle()
    assert.deepEqual([failure, other.seen], ['PROCESS_REVOKED', []])
    assert.equal(node.account().dropped['process-revoked'], 1)
  })

  it('kill revokes the context: every other verb with an effect is refused', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [player, other] = [await play(node), await play(node)]
    const gate = makeGate()
    const outcomes: (readonly [string, unknown])[] = []
    node.send(player.pid, 'act', async (context) => {
      await gate.closed
      for (const [name, attempt] of Object.entries(effects(context, other.pid))) {
        outcomes.push([name, await codeOf(attempt)])
      }
    })
    await clock.settle()
    node.kill(player.pid)
    gate.open()
    await clock.advance(100)
    assert.equal(outcomes.length, 12)
    assert.deepEqual(
      outcomes,
      outcomes.map(([name]) => [name, 'PROCESS_REVOKED']),
    )
    assert.ok(node.isAlive(other.pid))
    assert.deepEqual([other.seen, node.whereis('ghost')], [[], undefined])
  })

  it('kill counts the process as a zombie until its promise settles', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const before = node.info().floatingRejections
    for (const settle of ['open', 'fail'] as const) {
      const { pid } = await play(node)
      const gate = makeGate()
      node.send(pid, 'act', () => gate.closed)
      await clock.settle()
      node.kill(pid)
      await clock.settle()
      assert.equal(node.info().zombies, 1)
      gate[settle](new Error('late'))
      await clock.settle()
      assert.equal(node.info().zombies, 0)
    }
    assert.equal(node.info().floatingRejections, before)
  })
})
