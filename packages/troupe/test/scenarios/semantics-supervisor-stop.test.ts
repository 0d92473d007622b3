/**
 * Design section 4, sentence 13: back-off, shutdown, dynamic children, ordered stop.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor, supervisor } from '#actor'
import { custom, type ExitReason, Pid, protocol } from '#contract'
import { abc, crash, worker } from '#test/scenarios/abc'
import { endOf, makeGate } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

describe(SENTENCES.supervisorBackoff, () => {
  /** The times at which a child that fails at once is started. */
  const starts = async (jitter: number, seed: number): Promise<readonly number[]> => {
    await using test = await testNode({ seed })
    const { node, clock } = test
    const times: number[] = []
    const frail = actor(protocol('frail', {}), {
      started: (_state, context) => {
        times.push(clock.nowMs())
        context.after(0, () => context.stop(custom('frail')))
      },
      on: {},
    })
    const backoff = { immediate: 1, firstMs: 100, maxMs: 500, factor: 2, jitter } as const
    const intensity = { restarts: 100, withinMs: 60_000 }
    await node.spawn(
      supervisor({ intensity, backoff, children: [{ name: 'frail', start: frail }] }),
    )
    await clock.advance(2_500)
    return times
  }

  it('back-off doubles the wait up to its maximum, after one restart at once', async () => {
    assert.deepEqual(await starts(0, 1), [0, 0, 100, 300, 700, 1_200, 1_700, 2_200])
  })

  it('back-off with jitter makes waits shorter by chance, within its share', async () => {
    const times = await starts(0.5, 7)
    const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    const full = [0, 100, 200, 400, 500, 500, 500, 500, 500]
    for (const [i, wait] of waits.entries()) {
      const most = full[i] ?? 500
      assert.ok(wait <= most && wait >= most / 2, `wait ${i} is ${wait}`)
    }
    assert.notDeepEqual(waits.slice(0, 6), full.slice(0, 6))
    assert.deepEqual(await starts(0.5, 7), times)
    assert.notDeepEqual(await starts(0.5, 8), times)
  })

  it('back-off begins anew for a child that ran long enough', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const backoff = { immediate: 0, firstMs: 100, jitter: 0, resetMs: 1_000 } as const
    await abc(node, 'one-for-one', { backoff, intensity: { restarts: 100, withinMs: 1_000 } })
    for (let i = 0; i < 5; i += 1) {
      await crash(test, 'a')
      assert.equal(node.whereis('a'), undefined)
      await clock.advance(100)
      assert.notEqual(node.whereis('a'), undefined)
      await clock.advance(1_000)
    }
  })
})

describe(SENTENCES.supervisorShutdown, () => {
  it('a shutdown gives a child its time to end, then kills it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gate = makeGate()
    const stuck = actor(protocol('stuck', {}), { on: {}, terminate: () => gate.closed })
    const limits = { quick: 50, slow: 300, gone: 'kill' as const }
    const children = Object.entries(limits).map(([name, shutdownMs]) => ({
      name,
      start: stuck,
      shutdownMs,
    }))
    const pid = await node.spawn(supervisor({ children }))
    const ends = new Map<string, readonly [number, ExitReason]>()
    for (const name of Object.keys(limits)) {
      void node
        .ended(node.whereis(name) as Pid)
        .then((reason) => ends.set(name, [clock.nowMs(), reason]))
    }
    const end = endOf(node, pid)
    node.exit(pid, 'shutdown')
    await clock.advance(1_000)
    // Last declared first, one after the other.
    assert.deepEqual(
      [...ends],
      [
        ['gone', [0, 'killed']],
        ['slow', [300, 'killed']],
        ['quick', [350, 'killed']],
      ],
    )
    assert.equal(end.reason, 'shutdown')
    gate.open()
  })

  it('a child that ends in time ends with shutdown', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await abc(node, 'one-for-one')
    const child = endOf(node, node.whereis('a') as Pid)
    node.exit(pid, 'shutdown')
    await clock.settle()
    assert.equal(child.reason, 'shutdown')
  })
})

describe(SENTENCES.supervisorDynamic, () => {
  it('starting a dynamic child returns its pid', async () => {
    await using test = await testNode()
    const { node } = test
    const seen: string[] = []
    const workers = await node.spawn(
      supervisor({ type: 'simple-one-for-one', children: [{ name: 'worker', start: worker }] }),
    )
    const pid = await node.call(workers, 'startChild', {
      name: 'worker',
      args: ['x', seen],
      as: 'ex',
    })
    assert.ok(Pid.is(pid) && node.isAlive(pid))
    assert.equal(node.whereis('ex'), pid)
    const added = await abc(node, 'one-for-one')
    const more = { name: 'd', start: worker, args: ['d', seen] }
    assert.equal(await node.call(added.pid, 'addChild', more), node.whereis('d'))
  })

  it('children are told and counted', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await abc(node, 'one-for-one')
    await crash(test, 'b')
    const children = await node.call(pid, 'children')
    assert.deepEqual(
      children.map(({ name, state, restarts }) => [name, state, restarts]),
      [
        ['a', 'running', 0],
        ['b', 'running', 1],
        ['c', 'running', 0],
      ],
    )
    assert.equal(node.processInfo(node.whereis('b') as Pid)?.restarts, 1)
  })
})

describe(SENTENCES.supervisorStop, () => {
  it('a supervisor stops children last first, each after the one before has ended', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const seen: string[] = []
    const slow = (name: string) =>
      actor(protocol(name, {}), {
        on: {},
        async terminate(_state, _reason, context) {
          seen.push(`${name} begins`)
          await context.sleep(100)
          seen.push(`${name} ends`)
        },
      })
    const children = ['a', 'b', 'c'].map((name) => ({ name, start: slow(name) }))
    const pid = await node.spawn(supervisor({ children }))
    const end = endOf(node, pid)
    node.exit(pid, 'shutdown')
    await clock.advance(300)
    assert.deepEqual(seen, ['c begins', 'c ends', 'b begins', 'b ends', 'a begins', 'a ends'])
    assert.equal(end.reason, 'shutdown')
  })

  it('keepOrder false stops all at once', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const slow = actor(protocol('slow', {}), {
      on: {},
      terminate: (_state, _reason, context) => context.sleep(100),
    })
    const children = ['a', 'b', 'c'].map((name) => ({ name, start: slow }))
    const pid = await node.spawn(supervisor({ children, keepOrder: false }))
    const end = endOf(node, pid)
    node.exit(pid, 'shutdown')
    await clock.advance(100)
    assert.equal(end.reason, 'shutdown')
  })

  it('the stop of a tree reaches every leaf before its supervisor ends', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const seen: string[] = []
    const inner = (name: string) =>
      supervisor({ children: [{ name, start: worker, args: [name, seen] }] })
    const root = await node.spawn(
      supervisor({
        children: [
          { name: 'left', start: inner('leaf 1') },
          { name: 'right', start: inner('leaf 2') },
        ],
      }),
    )
    seen.length = 0
    node.exit(root, 'shutdown')
    await clock.settle()
    assert.deepEqual(seen, ['stop leaf 2', 'stop leaf 1'])
    assert.equal(node.processes().length, 0)
  })

  it('the death of a supervisor by kill takes its children with it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await abc(node, 'one-for-one')
    node.kill(pid)
    await clock.settle()
    assert.equal(node.processes().length, 0)
  })
})
