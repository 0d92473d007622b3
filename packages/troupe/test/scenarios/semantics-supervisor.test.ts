/**
 * Design section 4, sentence 13: types, modes, window, significant children.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { actor, type RestartMode, supervisor } from '#actor'
import { custom, type ExitReason, Pid, protocol } from '#contract'
import { abc, crash, worker } from '#test/scenarios/abc'
import { endOf } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

describe(SENTENCES.supervisorTypes, () => {
  const cases = [
    ['one-for-one', ['stop b', 'start b']],
    ['all-for-one', ['stop b', 'stop c', 'stop a', 'start a', 'start b', 'start c']],
    ['rest-for-one', ['stop b', 'stop c', 'start b', 'start c']],
  ] as const
  for (const [type, expected] of cases) {
    it(`${type}: what happens when the second of three children fails`, async () => {
      await using test = await testNode()
      const { seen } = await abc(test.node, type)
      assert.deepEqual(seen.splice(0), ['start a', 'start b', 'start c'])
      await crash(test, 'b')
      assert.deepEqual(seen, expected)
    })
  }

  it('simple-one-for-one: the failure of one instance leaves the others alone', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const seen: string[] = []
    const workers = await node.spawn(
      supervisor({ type: 'simple-one-for-one', children: [{ name: 'worker', start: worker }] }),
    )
    const start = (name: string) =>
      node.call(workers, 'startChild', { name: 'worker', args: [name, seen] })
    const [first, second] = [await start('x'), await start('y')]
    node.send(first, 'fail', 'throw')
    await clock.settle()
    assert.deepEqual(seen, ['start x', 'start y', 'stop x', 'start x'])
    assert.deepEqual([node.isAlive(first), node.isAlive(second)], [false, true])
  })

  it('children start in the order of declaration, each after the one before is ready', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const seen: string[] = []
    const slow = actor(protocol('slow', {}), {
      async started(_state, context) {
        await context.sleep(100)
        seen.push('slow is ready')
      },
      on: {},
    })
    const starting = node.spawn(
      supervisor({
        children: [
          { name: 'slow', start: slow },
          { name: 'next', start: worker, args: ['next', seen] },
        ],
      }),
    )
    await clock.advance(99)
    assert.deepEqual(seen, [])
    await clock.until(starting)
    assert.deepEqual(seen, ['slow is ready', 'start next'])
  })
})

describe(SENTENCES.supervisorModes, () => {
  const calm: readonly ExitReason[] = ['normal', 'shutdown']
  const table: readonly (readonly [RestartMode, boolean, boolean])[] = [
    ['permanent', true, true],
    ['transient', false, true],
    ['temporary', false, false],
  ]
  for (const [mode, afterCalm, afterFailure] of table) {
    const when = afterCalm ? 'always' : afterFailure ? 'after a failure' : 'never'
    it(`${mode}: restarts ${when}`, async () => {
      for (const reason of [...calm, custom('worn-out'), 'throw' as const]) {
        await using test = await testNode()
        const { node, clock } = test
        await abc(node, 'one-for-one', { restart: mode })
        const before = node.whereis('a')
        node.send('a', 'fail', reason)
        await clock.settle()
        const isCalm = reason === 'normal' || reason === 'shutdown'
        const restarted = isCalm ? afterCalm : afterFailure
        const after = node.whereis('a')
        assert.equal(after !== undefined, restarted, `${mode}, ${JSON.stringify(reason)}`)
        if (restarted) assert.notDeepEqual(Pid.format(after as Pid), Pid.format(before as Pid))
      }
    })
  }
})

describe(SENTENCES.supervisorWindow, () => {
  it('the window ends the supervisor when restarts exceed it, and not before', async () => {
    await using test = await testNode()
    const { node } = test
    const settings = { intensity: { restarts: 2, withinMs: 1_000 }, backoff: false } as const
    const { pid, seen } = await abc(node, 'one-for-one', settings)
    const end = endOf(node, pid)
    await crash(test, 'a')
    await crash(test, 'a')
    assert.equal(node.isAlive(pid), true)
    seen.length = 0
    await crash(test, 'a')
    const { reason } = end
    assert.ok(typeof reason === 'object' && reason.kind === 'custom')
    assert.equal(reason.name, 'restart-limit')
    assert.deepEqual(seen, ['stop a', 'stop c', 'stop b'])
    assert.equal(node.processes().length, 0)
  })

  it('the window slides: failures far enough apart go on for ever', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const settings = { intensity: { restarts: 2, withinMs: 1_000 }, backoff: false } as const
    const { pid } = await abc(node, 'one-for-one', settings)
    for (let i = 0; i < 20; i += 1) {
      await crash(test, 'a')
      await clock.advance(600)
    }
    assert.equal(node.isAlive(pid), true)
    assert.equal((await node.call(pid, 'counters')).restarts, 20)
  })

  it('a window of 0 makes the first failure one too many', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await abc(node, 'one-for-one', { intensity: { restarts: 0, withinMs: 1_000 } })
    await crash(test, 'a')
    assert.equal(node.isAlive(pid), false)
  })
})

describe(SENTENCES.supervisorSignificant, () => {
  const family = async (
    test: TestNode,
    significant: readonly string[],
    autoShutdown?: 'all-significant' | 'idle',
  ) => {
    const seen: string[] = []
    const children = ['a', 'b', 'c'].map((name) => ({
      ...{ name, start: worker, args: [name, seen] as [string, string[]] },
      significant: significant.includes(name),
    }))
    const spec = autoShutdown === undefined ? { children } : { children, autoShutdown }
    const pid = await test.node.spawn(supervisor(spec))
    const leave = async (name: string) => {
      test.node.send(name, 'fail', 'normal')
      await test.clock.settle()
      return test.node.isAlive(pid)
    }
    return { end: endOf(test.node, pid), leave, seen }
  }

  it('the normal end of a significant child ends the supervisor and its siblings', async () => {
    await using test = await testNode()
    const { end, leave, seen } = await family(test, ['b'])
    assert.equal(await leave('a'), true)
    assert.equal(await leave('b'), false)
    assert.deepEqual([end.reason, seen.slice(-2)], ['shutdown', ['stop b', 'stop c']])
  })

  it('all-significant waits for the last of them', async () => {
    await using test = await testNode()
    const { leave } = await family(test, ['a', 'b'], 'all-significant')
    assert.deepEqual([await leave('a'), await leave('c'), await leave('b')], [true, true, false])
  })

  it('idle waits until no child is left', async () => {
    await using test = await testNode()
    const { leave } = await family(test, [], 'idle')
    assert.deepEqual([await leave('a'), await leave('b'), await leave('c')], [true, true, false])
  })

  it('the failure of a significant transient child restarts it', async () => {
    await using test = await testNode()
    const { seen } = await family(test, ['b'])
    await crash(test, 'b')
    assert.deepEqual(seen.slice(-2), ['stop b', 'start b'])
  })
})

describe('Supervisor: a storm of failures', () => {
  it('a storm of failures never leaves a child twice, nor without a process', async () => {
    for (const type of ['one-for-one', 'all-for-one', 'rest-for-one'] as const) {
      for (let seed = 1; seed <= 10; seed += 1) {
        await using test = await testNode({ seed })
        const { node, clock, random } = test
        const intensity = { restarts: Number.POSITIVE_INFINITY, withinMs: 1 }
        const { pid, seen } = await abc(node, type, { intensity, restart: 'permanent' })
        for (let i = 0; i < 60; i += 1) {
          const name = ['a', 'b', 'c'][random.below(3)] as string
          const victim = node.whereis(name)
          if (victim !== undefined && random.unit() < 0.5) node.kill(victim)
          else node.send(name, 'fail', 'throw')
          if (random.unit() < 0.4) await clock.advance(random.below(300))
        }
        await clock.advance(60_000)
        const children = await node.call(pid, 'children')
        assert.deepEqual(
          children.map(({ state }) => state),
          ['running', 'running', 'running'],
        )
        assert.equal(node.processes().length, 4, `${type}, seed ${seed}`)
        assert.ok(seen.length > 6)
      }
    }
  })
})
