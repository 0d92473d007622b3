/**
 * The workers of a pool: replaced when they end, more, fewer, and stopped with it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor, pool } from '#actor'
import { type ExitReason, message, protocol, request } from '#contract'
import { endOf, makeGate } from '#test/scenarios/scripted'
import { codeOf } from '#test/scenarios/supervised'

const Work = protocol('work', {
  who: request<void, number>(),
  nap: request<number, string>(),
  note: message<string>(),
  block: message<Promise<void>>(),
  fail: message<ExitReason | 'throw'>(),
})

interface Stage {
  readonly seen: string[]
  /** How many inits still fail. */
  refusals: number
  /** Awaited by each init, when it is there. */
  gate: Promise<void> | undefined
}

const makeStage = (): Stage => ({ seen: [], refusals: 0, gate: undefined })

const worker = actor(Work, {
  async init(stage: Stage) {
    await stage.gate
    if (stage.refusals > 0) {
      stage.refusals -= 1
      stage.seen.push('refused')
      throw new RangeError('no database')
    }
    stage.seen.push('started')
    return stage
  },
  on: {
    who: (_stage, _nothing, context) => context.self.id,
    nap: async (_stage, delayMs, context) => {
      await context.sleep(delayMs)
      return 'rested'
    },
    note: ({ seen }, what) => void seen.push(what),
    block: (_stage, until) => until,
    fail(_stage, reason, context) {
      if (reason === 'throw') throw new RangeError('on purpose')
      context.stop(reason)
    },
  },
  terminate: ({ seen }) => void seen.push('ended'),
})

const STEADY = { firstMs: 100, factor: 2, jitter: 0 } as const

describe('a worker that ends', () => {
  it('is replaced on the spot, whatever the reason', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 2 }))
    for (const reason of ['throw', 'normal', 'shutdown'] as const) {
      test.node.send(pid, 'fail', reason)
      await test.clock.settle()
    }
    const { running, restarts } = await test.node.call(pid, 'stats')
    assert.deepEqual([running, restarts], [2, 3])
  })

  it('is replaced after a growing wait when too many end', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const spec = { worker, workerArgs: [stage], size: 1, backoff: STEADY } as const
    const respawn = { restarts: 2, withinMs: 60_000 }
    const pid = await test.node.spawn(pool({ ...spec, respawn }))
    const times: number[] = []
    for (let i = 0; i < 6; i += 1) {
      test.node.send(pid, 'fail', 'throw')
      await test.clock.settle()
      const failedMs = test.clock.nowMs()
      while ((await test.node.call(pid, 'stats')).running === 0) await test.clock.advance(10)
      times.push(test.clock.nowMs() - failedMs)
    }
    assert.deepEqual(times, [0, 0, 100, 200, 400, 800])
  })

  it('that never starts again is tried for ever, ever more rarely, and stops nobody', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const spec = { worker, workerArgs: [stage], size: 2 } as const
    const pid = await test.node.spawn(pool({ ...spec, respawn: { restarts: 3, withinMs: 1_000 } }))
    stage.refusals = Number.POSITIVE_INFINITY
    test.node.send(pid, 'fail', 'throw')
    await test.clock.advance(3_600_000)
    const tries = stage.seen.filter((line) => line === 'refused').length
    // One about every ten seconds, shorter by chance at most.
    assert.ok(tries > 300 && tries < 500, String(tries))
    assert.equal(await codeOf(test.node.call(pid, 'who')), 'fine')
    stage.refusals = 0
    await test.clock.advance(20_000)
    assert.equal((await test.node.call(pid, 'stats')).running, 2)
  })

  it('of which all are being replaced keeps nobody from a message: it waits', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 1 }))
    const gate = makeGate()
    stage.gate = gate.closed
    test.node.send(pid, 'fail', 'throw')
    await test.clock.settle()
    test.node.send(pid, 'note', 'patient')
    const asked = codeOf(test.node.call(pid, 'who'))
    await test.clock.settle()
    assert.ok(!stage.seen.includes('patient'))
    gate.open()
    assert.equal(await asked, 'fine')
    assert.equal(stage.seen.at(-1), 'patient')
    assert.equal(test.node.account().dropped['pool-saturated'], 0)
  })

  it('in a wait is told as saturation to those who find no other', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const spec = { worker, workerArgs: [stage], size: 1, backoff: STEADY } as const
    const pid = await test.node.spawn(pool({ ...spec, respawn: { restarts: 0, withinMs: 1_000 } }))
    test.node.send(pid, 'fail', 'throw')
    await test.clock.settle()
    assert.equal(await codeOf(test.node.call(pid, 'who')), 'POOL_SATURATED')
    await test.clock.advance(100)
    assert.equal(await codeOf(test.node.call(pid, 'who')), 'fine')
  })
})

describe('the size of a pool', () => {
  it('grows at run time', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 1 }))
    assert.equal(await test.node.call(pid, 'grow', 3), 4)
    const ids = await Promise.all([1, 2, 3, 4].map(() => test.node.call(pid, 'who')))
    assert.equal(new Set(ids).size, 4)
  })

  it('does not grow by workers that do not start, and says why', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 1 }))
    stage.refusals = 1
    assert.equal(await codeOf(test.node.call(pid, 'grow', 1)), 'INIT_FAILED')
    assert.equal((await test.node.call(pid, 'stats')).size, 1)
  })

  it('serves messages while it grows', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 1 }))
    const gate = makeGate()
    stage.gate = gate.closed
    const growing = test.node.call(pid, 'grow', 1)
    assert.equal(await codeOf(test.node.call(pid, 'who')), 'fine')
    gate.open()
    assert.equal(await growing, 2)
  })

  it('shrinks by workers that finish what they have', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 2 }))
    const naps = Array.from({ length: 6 }, () => test.node.call(pid, 'nap', 1_000))
    await test.clock.settle()
    assert.equal(await test.node.call(pid, 'shrink', 1), 1)
    const { running, leaving, waiting } = await test.node.call(pid, 'stats')
    assert.deepEqual([running, leaving, waiting], [1, 1, 4])
    const rested = await test.clock.until(Promise.all(naps))
    assert.deepEqual(new Set(rested), new Set(['rested']))
    await test.clock.advance(20)
    assert.equal((await test.node.call(pid, 'stats')).leaving, 0)
    assert.equal(stage.seen.filter((line) => line === 'ended').length, 1)
    assert.equal(test.node.account().dropped['process-ended'], 0)
  })

  it('a worker that was let go is not replaced when it fails', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 2 }))
    const gate = makeGate()
    for (let i = 0; i < 2; i += 1) test.node.send(pid, 'block', gate.closed)
    for (let i = 0; i < 2; i += 1) test.node.send(pid, 'note', 'one more')
    await test.clock.settle()
    await test.node.call(pid, 'shrink', 1)
    gate.fail(new RangeError('on purpose'))
    await test.clock.advance(20)
    const { size, running, leaving, restarts } = await test.node.call(pid, 'stats')
    assert.deepEqual([size, running, leaving, restarts], [1, 1, 0, 1])
  })

  it('does not shrink to nothing, nor by half a worker', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [makeStage()], size: 2 }))
    assert.equal(await codeOf(test.node.call(pid, 'shrink', 2)), 'POOL_EMPTY')
    for (const wrong of [0, -1, 0.5, Number.NaN]) {
      assert.equal(await codeOf(test.node.call(pid, 'shrink', wrong)), 'OPTION_INVALID')
      assert.equal(await codeOf(test.node.call(pid, 'grow', wrong)), 'OPTION_INVALID')
    }
    assert.equal((await test.node.call(pid, 'stats')).size, 2)
  })
})

describe('the life of a pool', () => {
  it('does not start when a worker does not, and leaves none behind', async () => {
    await using test = await testNode()
    const stage = makeStage()
    stage.refusals = 1
    const starting = codeOf(test.node.spawn(pool({ worker, workerArgs: [stage], size: 3 })))
    assert.equal(await starting, 'INIT_FAILED')
    await test.clock.settle()
    assert.equal(test.node.processes().length, 0)
  })

  it('stops its workers before it ends', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [stage], size: 3 }))
    stage.seen.length = 0
    void test.node.ended(pid).then(() => stage.seen.push('pool ended'))
    test.node.exit(pid, 'shutdown')
    await test.clock.settle()
    assert.deepEqual(stage.seen, ['ended', 'ended', 'ended', 'pool ended'])
  })

  it('kills a worker that does not end in time', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const spec = { worker, workerArgs: [stage], size: 1, shutdownMs: 200 } as const
    const pid = await test.node.spawn(pool(spec))
    const gate = makeGate()
    test.node.send(pid, 'block', gate.closed)
    await test.clock.settle()
    const end = endOf(test.node, pid)
    test.node.exit(pid, 'shutdown')
    await test.clock.advance(199)
    assert.equal(end.reason, undefined)
    await test.clock.advance(1)
    assert.equal(end.reason, 'shutdown')
    gate.open()
  })

  it('a killed pool takes its workers with it', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(pool({ worker, workerArgs: [makeStage()], size: 3 }))
    test.node.send(pid, 'fail', 'throw')
    await test.clock.settle()
    test.node.kill(pid)
    await test.clock.settle()
    assert.deepEqual([test.node.processes().length, test.node.info().floatingRejections], [0, 0])
  })
})
