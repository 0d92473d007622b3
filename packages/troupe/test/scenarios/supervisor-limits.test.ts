/**
 * Limits of their own, storms, mailboxes that survive, and ends from outside.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor, type ChildInfo, type ChildSettings, supervisor } from '#actor'
import { custom, type ExitReason, type Pid } from '#contract'
import { endOf, makeGate, play } from '#test/scenarios/scripted'
import { child, codeOf, Frail, fail, frail, makeStage, TIRELESS } from '#test/scenarios/supervised'

describe('a child with a limit of its own', () => {
  const own = { restarts: 1, withinMs: 1_000 } as const

  it('ends the supervisor beyond it, while siblings have their own count', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = [child(stage, 'a', { intensity: own }), child(stage, 'b')]
    const pid = await test.node.spawn(supervisor({ backoff: false, children }))
    for (let i = 0; i < 5; i += 1) await fail(test, 'b')
    await fail(test, 'a')
    assert.equal(test.node.isAlive(pid), true)
    const end = endOf(test.node, pid)
    await fail(test, 'a')
    assert.ok(typeof end.reason === 'object' && end.reason.kind === 'custom')
    assert.equal((end.reason.detail as { child: string }).child, 'a')
  })

  it('is disabled beyond it when it says so, until it is enabled', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const intensity = { ...own, onExceed: 'disable' } as const
    const children = [child(stage, 'a', { intensity }), child(stage, 'b')]
    const pid = await test.node.spawn(supervisor({ backoff: false, children }))
    await fail(test, 'a')
    await fail(test, 'a')
    const states = async () => (await test.node.call(pid, 'children')).map(({ state }) => state)
    assert.deepEqual(await states(), ['disabled', 'running'])
    await test.node.call(pid, 'enableChild', 'a')
    // Its count begins anew.
    await fail(test, 'a')
    assert.deepEqual(await states(), ['running', 'running'])
  })

  it('a dynamic instance beyond it is dropped, and the others stay', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const intensity = { ...own, onExceed: 'disable' } as const
    const template = { name: 'worker', start: frail, intensity }
    const spec = { type: 'simple-one-for-one', backoff: false, children: [template] } as const
    const pid = await test.node.spawn(supervisor(spec))
    for (const name of ['x', 'y']) {
      await test.node.call(pid, 'startChild', { name: 'worker', args: [stage, name], as: name })
    }
    await fail(test, 'x')
    await fail(test, 'y')
    await fail(test, 'x')
    const infos = await test.node.call(pid, 'children')
    assert.deepEqual(
      infos.map((info) => info.pid),
      [test.node.whereis('y')],
    )
  })
})

describe('a storm of restarts', () => {
  it('a thousand failures in a row are a thousand restarts, and the others go on', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = [child(stage, 'a'), child(stage, 'b')]
    const pid = await test.node.spawn(supervisor({ ...TIRELESS, children }))
    const steady = test.node.whereis('b')
    for (let i = 0; i < 1_000; i += 1) await fail(test, 'a')
    assert.equal((await test.node.call(pid, 'counters')).restarts, 1_000)
    assert.equal(test.node.processInfo(test.node.whereis('a') as Pid)?.restarts, 1_000)
    assert.equal(test.node.whereis('b'), steady)
    assert.equal(test.node.processes().length, 3)
  })

  it('all of a hundred children failing at once are restarted', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const names = Array.from({ length: 100 }, (_, at) => `child ${at}`)
    const children = names.map((name) => child(stage, name))
    await test.node.spawn(supervisor({ ...TIRELESS, children }))
    const before = names.map((name) => test.node.whereis(name))
    for (const name of names) test.node.send(name, 'fail', 'throw')
    await test.clock.settle()
    const after = names.map((name) => test.node.whereis(name))
    assert.ok(after.every((pid, at) => pid !== undefined && pid !== before[at]))
  })

  it('a supervisor of supervisors restarts the branch that gave up', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const branch = supervisor({
      intensity: { restarts: 1, withinMs: 1_000 },
      backoff: false,
      children: [child(stage, 'a'), child(stage, 'b')],
    })
    const root = await test.node.spawn(
      supervisor({ children: [{ name: 'branch', start: branch }] }),
    )
    const first = test.node.whereis('branch')
    await fail(test, 'a')
    await fail(test, 'a')
    assert.notEqual(test.node.whereis('branch'), first)
    assert.equal(await test.node.call('a', 'who'), 'a')
    assert.equal((await test.node.call(root, 'counters')).supervisors, 1)
  })
})

describe('the mailbox of a child', () => {
  it('is handed to the next incarnation, without the message it failed on', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const options = { preserveMailbox: true }
    await test.node.spawn(supervisor({ children: [child(stage, 'a', { options })] }))
    test.node.send('a', 'note', 'one')
    test.node.send('a', 'fail', 'throw')
    for (const word of ['two', 'three']) test.node.send('a', 'note', word)
    const asked = test.node.call('a', 'who')
    assert.equal(await asked, 'a')
    assert.deepEqual(stage.seen, [
      'a starts',
      'a notes one',
      'a ends: crash (RangeError: on purpose)',
      'a starts',
      'a notes two',
      'a notes three',
    ])
    const { waiting, dropped } = test.node.account()
    assert.deepEqual([waiting, dropped['process-ended']], [0, 0])
  })

  it('waits with its child for the end of a back-off', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const options = { preserveMailbox: true }
    const backoff = { immediate: 0, firstMs: 100, jitter: 0 }
    await test.node.spawn(supervisor({ backoff, children: [child(stage, 'a', { options })] }))
    test.node.send('a', 'fail', 'throw')
    test.node.send('a', 'note', 'later')
    await test.clock.advance(99)
    assert.ok(!stage.seen.includes('a notes later'))
    await test.clock.advance(1)
    assert.ok(stage.seen.includes('a notes later'))
  })

  it('is counted as lost when its child ends calmly', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const options = { preserveMailbox: true }
    const children = [child(stage, 'a', { options, restart: 'permanent' })]
    await test.node.spawn(supervisor({ children }))
    test.node.send('a', 'fail', 'normal')
    test.node.send('a', 'note', 'lost')
    await test.clock.settle()
    assert.equal(test.node.account().dropped['process-ended'], 1)
  })
})

describe('the end of a supervisor from outside', () => {
  it('an exit signal of a stranger stops all children in order', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b'].map((name) => child(stage, name))
    const pid = await test.node.spawn(supervisor({ children }))
    const stranger = await play(test.node)
    const end = endOf(test.node, pid)
    test.node.send(stranger.pid, 'act', (context) => context.exit(pid, custom('enough')))
    await test.clock.settle()
    assert.deepEqual(stage.seen.slice(2), ['b ends: shutdown', 'a ends: shutdown'])
    assert.deepEqual(end.reason, custom('enough'))
  })

  it('the normal end of a linked stranger does it no harm', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(supervisor({ children: [child(makeStage(), 'a')] }))
    const stranger = await play(test.node)
    test.node.send(stranger.pid, 'act', (context) => {
      context.link(pid)
      context.stop('normal')
    })
    await test.clock.settle()
    assert.equal(test.node.isAlive(pid), true)
  })

  it('a killed supervisor takes its children with it, also those that wait', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const backoff = { immediate: 0, firstMs: 100, jitter: 0 }
    const children = ['a', 'b', 'c'].map((name) => child(stage, name))
    const pid = await test.node.spawn(supervisor({ backoff, children }))
    await fail(test, 'b')
    test.node.kill(pid)
    await test.clock.advance(1_000)
    assert.equal(test.node.processes().length, 0)
    assert.equal(test.node.info().floatingRejections, 0)
  })

  it('a child that is being started when its supervisor stops is gone too', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const gate = makeGate()
    const ready = (): Promise<void> => gate.closed
    const backoff = { immediate: 0, firstMs: 100, jitter: 0 }
    const children = [child(stage, 'a')]
    const pid = await test.node.spawn(supervisor({ backoff, children }))
    const adding = codeOf(test.node.call(pid, 'addChild', child(stage, 'b', { ready })))
    await test.clock.settle()
    test.node.exit(pid, 'shutdown')
    await test.clock.settle()
    assert.equal(await adding, 'CHILD_START_FAILED')
    assert.deepEqual(stage.seen.slice(1), ['b starts', 'b ends: shutdown', 'a ends: shutdown'])
    assert.equal(test.node.processes().length, 0)
  })
})

describe('the callbacks of a supervisor', () => {
  it('tell each start and each end of a child', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const told: string[] = []
    const spec = {
      children: [child(stage, 'a')],
      childStarted: ({ name, restarts }: ChildInfo) => told.push(`${name} up, ${restarts}`),
      childEnded: ({ name }: ChildInfo, reason: ExitReason) =>
        told.push(`${name} down, ${typeof reason}`),
    }
    await test.node.spawn(supervisor(spec))
    await fail(test, 'a')
    await fail(test, 'a', 'normal')
    assert.deepEqual(told, ['a up, 0', 'a down, object', 'a up, 1', 'a down, string'])
  })

  it('end the supervisor when they throw', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const childEnded = (): never => {
      throw new RangeError('no callback')
    }
    const children = [child(stage, 'a'), child(stage, 'b')]
    const pid = await test.node.spawn(supervisor({ children, childEnded }))
    const end = endOf(test.node, pid)
    await fail(test, 'a')
    assert.ok(typeof end.reason === 'object' && end.reason.kind === 'crash')
    assert.match(end.reason.message, /no callback/)
    assert.equal(test.node.processes().length, 0)
  })
})

describe('what a child leaves behind', () => {
  const options = { preserveMailbox: true }
  const backoff = { immediate: 0, firstMs: 100, jitter: 0 }

  /** A supervisor whose only child has failed with one message waiting. */
  async function orphaned(settings: Omit<ChildSettings, 'name'> = {}) {
    const test = await testNode()
    const stage = makeStage()
    const children = [child(stage, 'a', { options, ...settings })]
    const pid = await test.node.spawn(supervisor({ backoff, children }))
    test.node.send('a', 'fail', 'throw')
    test.node.send('a', 'note', 'still here')
    await test.clock.settle()
    const account = (): readonly number[] => {
      const { waiting, dropped } = test.node.account()
      return [waiting, dropped['process-ended']]
    }
    return { test, stage, pid, account }
  }

  it('is kept through restarts that fail', async () => {
    const { test, stage, account } = await orphaned()
    stage.refusing.set('a', 2)
    await test.clock.advance(250)
    assert.deepEqual(account(), [1, 0])
    await test.clock.advance(1_000)
    assert.equal(stage.seen.at(-1), 'a notes still here')
    assert.deepEqual(account(), [0, 0])
    await test.stop()
  })

  it('is lost, and counted, with its supervisor', async () => {
    for (const end of ['exit', 'kill'] as const) {
      const { test, pid, account } = await orphaned()
      assert.deepEqual(account(), [1, 0])
      if (end === 'exit') test.node.exit(pid, 'shutdown')
      else test.node.kill(pid)
      await test.clock.settle()
      assert.deepEqual(account(), [0, 1])
      await test.stop()
    }
  })

  it('is lost, and counted, when the child is not restarted', async () => {
    const temporary = await orphaned({ restart: 'temporary' })
    assert.deepEqual(temporary.account(), [0, 1])
    await temporary.test.stop()
    const stopped = await orphaned()
    await stopped.test.node.call(stopped.pid, 'stopChild', 'a')
    assert.deepEqual(stopped.account(), [0, 1])
    await stopped.test.stop()
  })
})

describe('a child that is killed in its init', () => {
  it('is a failed start and does not end its supervisor', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const gate = makeGate()
    let starts = 0
    const slow = actor(Frail, {
      init: () => {
        starts += 1
        return starts === 1 ? gate.closed : undefined
      },
      on: { fail: () => {}, note: () => {}, who: () => 'slow' },
    })
    const pid = await test.node.spawn(supervisor({ children: [child(stage, 'a')] }))
    const adding = codeOf(test.node.call(pid, 'addChild', { name: 'slow', start: slow }))
    await test.clock.settle()
    test.node.kill(test.node.whereis('slow') as Pid)
    gate.open()
    assert.equal(await adding, 'INIT_FAILED')
    assert.equal(test.node.isAlive(pid), true)
    await test.node.call(pid, 'addChild', { name: 'slow', start: slow })
    assert.equal(await test.node.call('slow', 'who'), 'slow')
  })
})
