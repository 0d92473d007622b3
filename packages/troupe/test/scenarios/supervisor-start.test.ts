/**
 * How a supervisor starts, and what becomes of children that do not.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor, type SupervisorSpec, supervisor } from '#actor'
import { type ExitReason, message, type Node, protocol, request, TroupeError } from '#contract'
import { makeGate } from '#test/scenarios/scripted'
import { child, codeOf, fail, makeStage, TIRELESS } from '#test/scenarios/supervised'

const STEADY = { firstMs: 100, factor: 2, jitter: 0 } as const
const NEVER = Number.POSITIVE_INFINITY

/** The chain of causes of an error, as codes and messages. */
function causes(error: unknown): string[] {
  const told: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) {
    told.push(TroupeError.is(at) ? at.code : at.message)
  }
  return told
}

const startsOf = (node: Node, spec: SupervisorSpec): Promise<unknown> =>
  node.spawn(supervisor(spec)).then(
    (pid) => pid,
    (error: unknown) => error,
  )

describe('the first start of children', () => {
  it('a child that does not start at first is tried again, with waits', async () => {
    await using test = await testNode()
    const stage = makeStage()
    stage.refusing.set('b', 3)
    const children = [child(stage, 'a'), child(stage, 'b'), child(stage, 'c')]
    const pid = await test.clock.until(test.node.spawn(supervisor({ children, backoff: STEADY })))
    // One attempt at once (after 1 ms at least), then 100 and 200 ms.
    assert.equal(test.clock.nowMs(), 301)
    const refused = ['b refuses', 'b refuses', 'b refuses']
    assert.deepEqual(stage.seen, ['a starts', ...refused, 'b starts', 'c starts'])
    const infos = await test.node.call(pid, 'children')
    assert.deepEqual(
      infos.map(({ restarts }) => restarts),
      [0, 3, 0],
    )
  })

  it('a child that never starts ends its supervisor, which names it and the cause', async () => {
    await using test = await testNode()
    const stage = makeStage()
    stage.refusing.set('b', NEVER)
    const children = [child(stage, 'a'), child(stage, 'b')]
    const settings = { intensity: { restarts: 3, withinMs: 5_000 }, backoff: STEADY }
    const error = await test.clock.until(startsOf(test.node, { ...settings, children }))
    assert.deepEqual(causes(error), [
      'INIT_FAILED',
      'CHILD_START_FAILED',
      'INIT_FAILED',
      'b has no database',
    ])
    assert.match(String(error), /child b.*no database/)
    // Started before, and stopped in order.
    const refused = Array.from({ length: 4 }, () => 'b refuses')
    assert.deepEqual(stage.seen, ['a starts', ...refused, 'a ends: shutdown'])
    assert.equal(test.node.processes().length, 0)
  })

  it('firstStart fail ends the start with the first failure', async () => {
    await using test = await testNode()
    const stage = makeStage()
    stage.refusing.set('a', 1)
    const spec = { children: [child(stage, 'a')], firstStart: 'fail' } as const
    assert.equal(causes(await startsOf(test.node, spec))[1], 'CHILD_START_FAILED')
    assert.deepEqual(stage.seen, ['a refuses'])
  })

  it('a temporary child is not tried again', async () => {
    await using test = await testNode()
    const stage = makeStage()
    stage.refusing.set('a', 1)
    const spec = { children: [child(stage, 'a', { restart: 'temporary' })] } as const
    assert.equal(causes(await startsOf(test.node, spec))[1], 'CHILD_START_FAILED')
    assert.deepEqual(stage.seen, ['a refuses'])
  })

  it('a name that is taken is a failed start', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const family = { children: [child(stage, 'a')], firstStart: 'fail' } as const
    await test.node.spawn(supervisor(family))
    assert.deepEqual(causes(await startsOf(test.node, family)), [
      'INIT_FAILED',
      'CHILD_START_FAILED',
      'NAME_TAKEN',
    ])
  })

  it('a child with registered false takes no name', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const family = supervisor({ children: [child(stage, 'a', { registered: false })] })
    await test.node.spawn(family)
    await test.node.spawn(family)
    assert.equal(test.node.whereis('a'), undefined)
    assert.deepEqual(stage.seen, ['a starts', 'a starts'])
  })

  it('a function makes the specification from the arguments of spawn', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const family = supervisor((count: number) => ({
      children: Array.from({ length: count }, (_, at) => child(stage, `child ${at}`)),
    }))
    await test.node.spawn(family, { args: [2] })
    assert.deepEqual(stage.seen, ['child 0 starts', 'child 1 starts'])
    const wrong = supervisor(() => ({ children: [child(stage, 'x'), child(stage, 'x')] }))
    assert.equal(await codeOf(test.node.spawn(wrong)), 'INIT_FAILED')
  })

  it('a child that fails right after its init is restarted like any other', async () => {
    await using test = await testNode()
    let lives = 0
    const Eager = protocol('eager', { go: message() })
    const eager = actor(Eager, {
      started(_state, context) {
        lives += 1
        context.send(context.self, 'go')
      },
      on: {
        go(_state, _nothing, context) {
          if (lives < 4) context.stop({ kind: 'custom', name: 'eager' })
        },
      },
    })
    const pid = await test.node.spawn(
      supervisor({ ...TIRELESS, children: [{ name: 'eager', start: eager }] }),
    )
    await test.clock.settle()
    assert.equal(lives, 4)
    assert.equal(test.node.isAlive(pid), true)
    assert.equal((await test.node.call(pid, 'counters')).restarts, 3)
  })
})

describe('restarts that do not succeed', () => {
  it('a child whose restart never succeeds ends its supervisor, with the reason', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const settings = { intensity: { restarts: 4, withinMs: 5_000 }, backoff: STEADY }
    const children = [child(stage, 'a'), child(stage, 'b')]
    const pid = await test.node.spawn(supervisor({ ...settings, children }))
    stage.refusing.set('b', NEVER)
    const ended = test.node.ended(pid)
    await fail(test, 'b')
    const reason = (await test.clock.until(ended)) as Exclude<ExitReason, string>
    // At once, then after 100, 200 and 400 ms; the fifth restart is one too many.
    assert.equal(test.clock.nowMs(), 700)
    assert.ok(reason.kind === 'custom' && reason.name === 'restart-limit')
    const detail = reason.detail as { child: string; reason: { message: string } }
    assert.equal(detail.child, 'b')
    assert.match(detail.reason.message, /no database/)
    assert.equal(stage.seen.at(-1), 'a ends: shutdown')
  })

  it('without back-off a failing start still lets everybody else run', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = [child(stage, 'a'), child(stage, 'b')]
    await test.node.spawn(supervisor({ ...TIRELESS, children }))
    stage.refusing.set('b', 500)
    await fail(test, 'b')
    assert.equal(await test.node.call('a', 'who'), 'a')
    await test.clock.advance(501)
    assert.equal(await test.node.call('b', 'who'), 'b')
  })
})

const Slow = protocol('slow', { ready: request<void, void>() })

describe('the readiness gate', () => {
  /** A child that says when it is ready, and a next one. */
  async function gated(test: Awaited<ReturnType<typeof testNode>>, readyTimeoutMs = 5_000) {
    const stage = makeStage()
    const gates = [makeGate(), makeGate(), makeGate()]
    let asked = 0
    const slow = actor(Slow, { on: { ready: () => gates[asked++]?.closed as Promise<void> } })
    const spec = {
      backoff: STEADY,
      children: [
        {
          name: 'slow',
          start: slow,
          ready: (pid: string | object, context: { call: typeof test.node.call }) =>
            context.call(pid as string, 'ready', undefined, { timeoutMs: 60_000 }),
          readyTimeoutMs,
        },
        child(stage, 'next'),
      ],
    } as const
    const spawned = test.node.spawn(supervisor(spec))
    await test.clock.settle()
    return { stage, gates, spawned, asked: () => asked }
  }

  it('a child is started only when the one before says it is ready', async () => {
    await using test = await testNode()
    const { stage, gates, spawned } = await gated(test)
    await test.clock.advance(1_000)
    assert.deepEqual(stage.seen, [])
    gates[0]?.open()
    await spawned
    assert.deepEqual(stage.seen, ['next starts'])
  })

  it('a child that is not ready in time is stopped and started again', async () => {
    await using test = await testNode()
    const { stage, gates, spawned, asked } = await gated(test, 500)
    await test.clock.advance(499)
    const first = test.node.whereis('slow')
    await test.clock.advance(5_000 + 2)
    assert.equal(asked(), 2)
    assert.notEqual(test.node.whereis('slow'), first)
    gates[1]?.open()
    await test.clock.until(spawned)
    assert.deepEqual(stage.seen, ['next starts'])
  })

  it('a child that ends before it is ready is started again', async () => {
    await using test = await testNode()
    const { stage, gates, spawned } = await gated(test)
    test.node.kill(test.node.whereis('slow') as never)
    await test.clock.advance(1)
    gates[1]?.open()
    await test.clock.until(spawned)
    assert.deepEqual(stage.seen, ['next starts'])
  })

  it('a gate that rejects is a failed start, whose error the spawner learns', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const ready = (): Promise<never> => Promise.reject(new RangeError('no port'))
    const spec = { children: [child(stage, 'a', { ready })], firstStart: 'fail' } as const
    const error = await startsOf(test.node, spec)
    assert.deepEqual(causes(error), ['INIT_FAILED', 'CHILD_START_FAILED', 'no port'])
    assert.deepEqual(stage.seen, ['a starts', 'a ends: shutdown'])
  })

  it('the gate holds again when the child is restarted', async () => {
    await using test = await testNode()
    const { gates, spawned, asked } = await gated(test)
    gates[0]?.open()
    const pid = await spawned
    test.node.kill(test.node.whereis('slow') as never)
    await test.clock.settle()
    assert.equal(asked(), 2)
    const state = async () => (await test.node.call(pid, 'children'))[0]?.state
    assert.equal(await state(), 'starting')
    gates[1]?.open()
    await test.clock.settle()
    assert.equal(await state(), 'running')
  })
})
