/**
 * What a running supervisor can be asked: start, add, stop, delete, disable, enable, tell.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { supervisor } from '#actor'
import type { Pid } from '#contract'
import { child, codeOf, fail, frail, makeStage, type Stage } from '#test/scenarios/supervised'

const WAITING = { immediate: 0, firstMs: 100, jitter: 0 } as const

async function family(test: TestNode, stage: Stage) {
  const children = ['a', 'b'].map((name) => child(stage, name))
  const pid = await test.node.spawn(supervisor({ children, backoff: WAITING }))
  stage.seen.length = 0
  const states = async (): Promise<string> => {
    const infos = await test.node.call(pid, 'children')
    return infos.map(({ name, state }) => `${name} ${state}`).join(', ')
  }
  return { pid, states }
}

describe('the management of a supervisor', () => {
  it('stops a child until it is started again', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    await test.node.call(pid, 'stopChild', 'b')
    assert.equal(await states(), 'a running, b stopped')
    const started = await test.node.call(pid, 'startChild', { name: 'b' })
    assert.equal(test.node.whereis('b'), started)
    assert.deepEqual(stage.seen, ['b ends: shutdown', 'b starts'])
  })

  it('starts a child with other arguments, which it keeps for restarts', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid } = await family(test, stage)
    await test.node.call(pid, 'stopChild', 'b')
    await test.node.call(pid, 'startChild', { name: 'b', args: [stage, 'new b'] })
    await fail(test, 'b')
    await test.clock.advance(100)
    assert.equal(await test.node.call('b', 'who'), 'new b')
  })

  it('starts a child at once that waits for its restart', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    await fail(test, 'b')
    assert.equal(await states(), 'a running, b waiting')
    await test.node.call(pid, 'startChild', { name: 'b' })
    await test.clock.advance(1_000)
    assert.deepEqual(stage.seen, ['b ends: crash (RangeError: on purpose)', 'b starts'])
  })

  it('stops a child for good that waits for its restart', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    await fail(test, 'b')
    await test.node.call(pid, 'stopChild', 'b')
    await test.clock.advance(1_000)
    assert.equal(await states(), 'a running, b stopped')
  })

  it('stops a child by its pid', async () => {
    await using test = await testNode()
    const { pid, states } = await family(test, makeStage())
    const b = test.node.whereis('b') as Pid
    await test.node.call(pid, 'stopChild', b)
    assert.equal(await states(), 'a running, b stopped')
    assert.equal(await codeOf(test.node.call(pid, 'stopChild', b)), 'CHILD_UNKNOWN')
  })

  it('a disabled child does not start until it is enabled', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    await test.node.call(pid, 'disableChild', 'a')
    assert.equal(await states(), 'a disabled, b running')
    const refused = test.node.call(pid, 'startChild', { name: 'a' })
    assert.equal(await codeOf(refused), 'CHILD_DISABLED')
    const enabled = await test.node.call(pid, 'enableChild', 'a')
    assert.equal(test.node.whereis('a'), enabled)
    assert.equal(await test.node.call(pid, 'enableChild', 'a'), enabled)
    assert.deepEqual(stage.seen, ['a ends: shutdown', 'a starts'])
  })

  it('adds a child behind the others and deletes it', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    const added = await test.node.call(pid, 'addChild', child(stage, 'c'))
    assert.equal(test.node.whereis('c'), added)
    assert.equal(await states(), 'a running, b running, c running')
    await test.node.call(pid, 'deleteChild', 'c')
    assert.equal(await states(), 'a running, b running')
    assert.deepEqual(stage.seen, ['c starts', 'c ends: shutdown'])
  })

  it('a child that is added and does not start is forgotten', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    stage.refusing.set('c', 1)
    assert.equal(await codeOf(test.node.call(pid, 'addChild', child(stage, 'c'))), 'INIT_FAILED')
    assert.equal(await states(), 'a running, b running')
    assert.equal(await codeOf(test.node.call(pid, 'addChild', child(stage, 'c'))), 'fine')
  })

  it('tells what is wrong by a code, and goes on', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    const { node } = test
    const start = (name: string): Promise<string> => codeOf(node.call(pid, 'startChild', { name }))
    assert.equal(await start('a'), 'CHILD_RUNNING')
    assert.equal(await start('z'), 'CHILD_UNKNOWN')
    for (const name of ['stopChild', 'deleteChild', 'disableChild', 'enableChild'] as const) {
      assert.equal(await codeOf(node.call(pid, name, 'z')), 'CHILD_UNKNOWN')
    }
    assert.equal(await codeOf(node.call(pid, 'addChild', child(stage, 'a'))), 'CHILD_TAKEN')
    const wrong = { ...child(stage, 'c'), restart: 'often' as 'permanent' }
    assert.equal(await codeOf(node.call(pid, 'addChild', wrong)), 'SUPERVISOR_SPEC_INVALID')
    assert.equal(await states(), 'a running, b running')
  })

  it('carries out one request after the other', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, states } = await family(test, stage)
    await Promise.all([
      test.node.call(pid, 'stopChild', 'a'),
      test.node.call(pid, 'startChild', { name: 'a' }),
      test.node.call(pid, 'disableChild', 'a'),
      test.node.call(pid, 'enableChild', 'a'),
    ])
    const round = ['a ends: shutdown', 'a starts']
    assert.deepEqual(stage.seen, [...round, ...round])
    assert.equal(await states(), 'a running, b running')
  })

  it('tells who reads an observer about its children', async () => {
    await using test = await testNode()
    const { pid } = await family(test, makeStage())
    const { inspected } = test.node.processInfo(pid) ?? {}
    assert.deepEqual(inspected?.['children'], ['a: running, 0 restarts', 'b: running, 0 restarts'])
    assert.equal(inspected?.['type'], 'one-for-one')
  })
})

describe('the management of dynamic children', () => {
  async function dynamic(test: TestNode, stage: Stage) {
    const template = { name: 'worker', start: frail }
    const other = child(stage, 'other')
    const spec = { type: 'simple-one-for-one', children: [template, other] } as const
    const pid = await test.node.spawn(supervisor({ ...spec, backoff: false }))
    const start = (name: string): Promise<Pid> =>
      test.node.call(pid, 'startChild', { name: 'worker', args: [stage, name], as: name })
    const names = async (): Promise<number> => (await test.node.call(pid, 'children')).length
    return { pid, start, names }
  }

  it('starts with none and takes the arguments of a template by default', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, names } = await dynamic(test, stage)
    assert.equal(await names(), 0)
    const first = await test.node.call(pid, 'startChild', { name: 'other' })
    const second = await test.node.call(pid, 'startChild', { name: 'other' })
    assert.notEqual(first, second)
    assert.deepEqual([test.node.whereis('other'), stage.seen.length], [undefined, 2])
  })

  it('a restarted instance keeps its arguments and its name', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { start } = await dynamic(test, stage)
    const pid = await start('x')
    await fail(test, 'x')
    const again = test.node.whereis('x')
    assert.ok(again !== undefined && again !== pid)
    assert.equal(await test.node.call('x', 'who'), 'x')
  })

  it('an instance that has ended for good is forgotten', async () => {
    await using test = await testNode()
    const { start, names } = await dynamic(test, makeStage())
    await start('x')
    await start('y')
    await fail(test, 'x', 'normal')
    assert.equal(await names(), 1)
  })

  it('stops an instance by pid or by name, and forgets it', async () => {
    await using test = await testNode()
    const { pid, start, names } = await dynamic(test, makeStage())
    const x = await start('x')
    await start('y')
    await test.node.call(pid, 'stopChild', x)
    await test.node.call(pid, 'stopChild', 'y')
    assert.deepEqual([await names(), test.node.processes().length], [0, 1])
  })

  it('a disabled template stops its instances and starts no more until it is enabled', async () => {
    await using test = await testNode()
    const { pid, start, names } = await dynamic(test, makeStage())
    await start('x')
    await start('y')
    await test.node.call(pid, 'startChild', { name: 'other' })
    await test.node.call(pid, 'disableChild', 'worker')
    assert.equal(await names(), 1)
    assert.equal(await codeOf(start('z')), 'CHILD_DISABLED')
    await test.node.call(pid, 'enableChild', 'worker')
    assert.equal(await codeOf(start('z')), 'fine')
  })

  it('an instance that does not start is told to its starter and forgotten', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const { pid, start, names } = await dynamic(test, stage)
    stage.refusing.set('x', 1)
    assert.equal(await codeOf(start('x')), 'INIT_FAILED')
    await start('y')
    assert.equal(await codeOf(start('y')), 'NAME_TAKEN')
    assert.equal(await names(), 1)
    assert.equal(await codeOf(test.node.call(pid, 'startChild', { name: 'z' })), 'CHILD_UNKNOWN')
    const added = test.node.call(pid, 'addChild', child(stage, 'c'))
    assert.equal(await codeOf(added), 'NOT_ALLOWED')
  })

  it('two thousand instances stop with their supervisor', async () => {
    await using test = await testNode()
    const { pid } = await dynamic(test, makeStage())
    const starts = Array.from({ length: 2_000 }, () =>
      test.node.call(pid, 'startChild', { name: 'other' }, { timeoutMs: 60_000 }),
    )
    await Promise.all(starts)
    assert.equal((await test.node.call(pid, 'counters')).running, 2_000)
    test.node.exit(pid, 'shutdown')
    await test.clock.settle()
    assert.equal(test.node.processes().length, 0)
  })
})
