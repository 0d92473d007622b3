/**
 * What the scheduler owes whom: debts, order, and a run queue that grows.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol, startNode } from 'troupe'
import { testNode } from 'troupe/testing'

const Flow = protocol('flow', { item: message<number>(), produce: message() })

describe('the scheduler', () => {
  it('lets a process work off what its turn used beyond its budget', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const burst = 2_000
    const sink = await node.spawn(actor(Flow, { on: { item() {}, produce() {} } }))
    let bursts = 0
    let longest = 0
    const producer = actor(Flow, {
      on: {
        item() {},
        produce(_state, _payload, context) {
          for (let i = 0; i < burst; i += 1) context.send(sink, 'item', i)
          bursts += 1
          longest = Math.max(longest, context.mailboxLength(sink) ?? 0)
          if (bursts < 100) context.send(context.self, 'produce')
        },
      },
    })
    node.send(await node.spawn(producer), 'produce')
    await clock.settle()
    assert.equal(bursts, 100)
    assert.ok(longest <= 3 * burst, `the mailbox of the consumer had ${longest} messages`)
  })

  it('gives turns in the order of arrival, also when its queue has to grow', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const order: number[] = []
    const noting = actor(Flow, {
      on: {
        item: (_state, at) => void order.push(at),
        produce() {},
      },
    })
    const pids = []
    // Leaves the run queue in the middle of its ring before it grows.
    for (let i = 0; i < 3_000; i += 1) pids.push(await node.spawn(noting))
    for (const pid of pids.slice(0, 700)) node.send(pid, 'produce')
    await clock.settle()
    for (const [at, pid] of pids.entries()) node.send(pid, 'item', at)
    await clock.settle()
    assert.deepEqual(
      order,
      pids.map((_, at) => at),
    )
  })

  it('leaves rounds to the event loop while a crowd of actors never rests', async () => {
    const node = await startNode('crowd@localhost', { logSinks: [], handleSignals: false })
    let going = true
    let turns = 0
    const spinner = actor(Flow, {
      on: {
        item() {},
        produce(_state, _payload, context) {
          turns += 1
          // Ends the test in any case, also with a scheduler that gives nobody a round.
          if (going && turns < 20_000_000) context.send(context.self, 'produce')
        },
      },
    })
    for (let i = 0; i < 100; i += 1) node.send(await node.spawn(spinner), 'produce')
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setTimeout(resolve, 1))
    going = false
    assert.ok(turns < 20_000_000, 'the timers had their turn in between')
    await node.stop()
  })
})
