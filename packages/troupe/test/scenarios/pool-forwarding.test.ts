/**
 * What a pool does with messages, requests and events.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor, pool } from '#actor'
import {
  DEAD_LETTER_EVENT,
  type DeadLetter,
  eventName,
  message,
  type Node,
  NoReply,
  type Pid,
  protocol,
  request,
} from '#contract'
import { makeGate, play } from '#test/scenarios/scripted'
import { codeOf } from '#test/scenarios/supervised'

const Work = protocol('work', {
  add: message<number>(),
  total: request<void, number>(),
  from: request<void, string>(),
  later: request<number, string>(),
  block: message<Promise<void>>(),
  fail: message(),
})

const ticks = eventName<number>('ticks')

const worker = actor(Work, {
  init: () => ({ total: 0 }),
  on: {
    add(state, amount) {
      state.total += amount
    },
    total: (state) => state.total,
    from: (_state, _nothing, context) => String(context.from?.id),
    later(_state, delayMs, context) {
      const replier = context.replyLater<string>()
      context.after(delayMs, () => replier.reply(`after ${delayMs}`))
      return NoReply
    },
    block: (_state, until) => until,
    fail() {
      throw new RangeError('on purpose')
    },
  },
  handleEvent(state, event) {
    state.total += event.message as number
  },
})

/** The total of each worker, one after the other. */
async function totals(node: Node, pid: Pid<typeof Work>, size: number): Promise<number[]> {
  const asked = Array.from({ length: size }, () => node.call(pid, 'total'))
  return (await Promise.all(asked)).sort((left, right) => left - right)
}

describe('a pool with round robin', () => {
  it('gives each worker its turn', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(pool({ worker, size: 3 }))
    for (const amount of [1, 2, 3, 10, 20, 30]) test.node.send(pid, 'add', amount)
    assert.deepEqual(await totals(test.node, pid, 3), [11, 22, 33])
  })

  it('hands a request on with its caller, to whom the worker answers', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(pool({ worker, size: 2 }))
    const caller = await play(test.node)
    const asked = test.node.call(caller.pid, 'ask', (context) => context.call(pid, 'from'))
    assert.equal(await asked, String(caller.pid.id))
    const late = test.node.call(pid, 'later', 300)
    assert.equal(await test.clock.until(late), 'after 300')
  })

  it('skips a worker whose mailbox is full', async () => {
    await using test = await testNode()
    const gate = makeGate()
    const workerMailbox = { lengthMax: 1 }
    const pid = await test.node.spawn(pool({ worker, size: 2, workerMailbox }))
    test.node.send(pid, 'block', gate.closed)
    await test.clock.settle()
    // The second worker takes the first, the blocked one keeps the next in its mailbox.
    for (let i = 0; i < 6; i += 1) {
      test.node.send(pid, 'add', 1)
      await test.clock.settle()
    }
    assert.equal((await test.node.call(pid, 'stats')).saturated, 0)
    gate.open()
    await test.clock.settle()
    assert.deepEqual(await totals(test.node, pid, 2), [1, 5])
  })
})

describe('a pool with least loaded', () => {
  it('gives a message to the worker with the fewest waiting or being handled', async () => {
    await using test = await testNode()
    const gate = makeGate()
    const strategy = 'least-loaded'
    const pid = await test.node.spawn(pool({ worker, size: 3, strategy }))
    test.node.send(pid, 'block', gate.closed)
    await test.clock.settle()
    for (let i = 0; i < 30; i += 1) {
      test.node.send(pid, 'add', 1)
      await test.clock.settle()
    }
    gate.open()
    await test.clock.settle()
    assert.deepEqual(await totals(test.node, pid, 3), [0, 15, 15])
  })

  it('gives equals their turn', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(pool({ worker, size: 3, strategy: 'least-loaded' }))
    for (let i = 0; i < 9; i += 1) {
      test.node.send(pid, 'add', 1)
      await test.clock.settle()
    }
    assert.deepEqual(await totals(test.node, pid, 3), [3, 3, 3])
  })
})

describe('a saturated pool', () => {
  it('tells a caller, and counts a message as a dead letter', async () => {
    await using test = await testNode()
    const gate = makeGate()
    const watcher = await play(test.node)
    await test.node.call(watcher.pid, 'ask', (context) =>
      context.subscribe(eventName<DeadLetter>(DEAD_LETTER_EVENT)),
    )
    const spec = pool({ worker, size: 2, workerMailbox: { lengthMax: 1 } })
    const pid = await test.node.spawn(spec, { name: 'narrow' })
    for (let i = 0; i < 4; i += 1) {
      test.node.send(pid, 'block', gate.closed)
      await test.clock.settle()
    }
    test.node.send(pid, 'add', 1)
    const asked = test.node.call(pid, 'total')
    await assert.rejects(asked, { code: 'POOL_SATURATED', message: /all 2 workers.*narrow/ })
    assert.equal(test.node.account().dropped['pool-saturated'], 2)
    assert.equal((await test.node.call(pid, 'stats')).saturated, 2)
    assert.ok(watcher.seen.some((line) => line.startsWith(`event ${DEAD_LETTER_EVENT}`)))
    gate.open()
  })

  it('never says so without a limit', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(pool({ worker, size: 2 }))
    for (let i = 0; i < 10_000; i += 1) test.node.send(pid, 'add', 1)
    await test.clock.settle()
    const { forwarded, saturated } = await test.node.call(pid, 'stats')
    assert.deepEqual([forwarded, saturated], [10_000, 0])
  })

  it('closes the account of the node', async () => {
    await using test = await testNode()
    const spec = pool({ worker, size: 2, workerMailbox: { lengthMax: 3 } })
    const pid = await test.node.spawn(spec)
    for (let i = 0; i < 100; i += 1) test.node.send(pid, 'add', 1)
    await test.clock.settle()
    const { sent, handled, waiting, handling, dropped } = test.node.account()
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
    assert.equal(sent, handled + waiting + handling + lost)
    assert.equal(dropped['pool-saturated'], 94)
  })
})

describe('a pool that subscribes to an event', () => {
  it('gives each publication to one worker', async () => {
    await using test = await testNode()
    const token = test.node.registerEvent(ticks)
    const pid = await test.node.spawn(pool({ worker, size: 3, subscribe: [ticks] }))
    for (const amount of [1, 2, 3]) test.node.publish(token, amount)
    await test.clock.settle()
    assert.deepEqual(await totals(test.node, pid, 3), [1, 2, 3])
  })

  it('does not start without the event', async () => {
    await using test = await testNode()
    const starting = test.node.spawn(pool({ worker, subscribe: [ticks] }))
    const message = /no event ticks on test@localhost/
    await assert.rejects(starting, { code: 'INIT_FAILED', message })
    await test.clock.settle()
    assert.equal(test.node.processes().length, 0)
  })

  it('subscribes again when the event has a new owner', async () => {
    await using test = await testNode()
    const first = await play(test.node)
    const owns = (player: { readonly pid: typeof first.pid }): Promise<unknown> =>
      test.node.call(player.pid, 'ask', (context) => {
        context.registerEvent(ticks, { open: true })
      })
    await owns(first)
    const pid = await test.node.spawn(pool({ worker, size: 2, subscribe: [ticks] }))
    test.node.kill(first.pid)
    await test.clock.advance(2_000)
    await owns(await play(test.node))
    await test.clock.advance(10_000)
    test.node.publish(ticks, 7)
    await test.clock.settle()
    assert.deepEqual(await totals(test.node, pid, 2), [0, 7])
  })

  it('counts a publication that finds all workers full', async () => {
    await using test = await testNode()
    const gate = makeGate()
    const token = test.node.registerEvent(ticks)
    const workerMailbox = { lengthMax: 1 }
    const spec = pool({ worker, size: 1, workerMailbox, subscribe: [ticks] })
    const pid = await test.node.spawn(spec)
    test.node.send(pid, 'block', gate.closed)
    await test.clock.settle()
    for (let i = 0; i < 3; i += 1) test.node.publish(token, 1)
    await test.clock.settle()
    assert.equal(test.node.account().dropped['pool-saturated'], 2)
    gate.open()
    await test.clock.settle()
    assert.equal(await codeOf(test.node.call(pid, 'total')), 'fine')
  })
})
