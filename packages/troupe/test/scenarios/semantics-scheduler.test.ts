/**
 * Design section 4, sentence 3: fairness, and an event loop that stays alive.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode, virtualClock } from 'troupe/testing'
import { actor } from '#actor'
import { message, protocol } from '#contract'
import { SENTENCES } from '#test/scenarios/sentences'

describe(SENTENCES.scheduler, () => {
  it('the scheduler gives every busy actor its share', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Spin = protocol('spin', { again: message() })
    const counts = new Array<number>(10).fill(0)
    let total = 0
    const spinner = actor(Spin, {
      init: (at: number) => ({ at }),
      on: {
        again({ at }, _payload, context) {
          counts[at] = (counts[at] ?? 0) + 1
          total += 1
          if (total < 100_000) context.send(context.self, 'again')
        },
      },
    })
    const pids = await Promise.all(
      [...counts.keys()].map((at) => node.spawn(spinner, { args: [at] })),
    )
    for (const pid of pids) node.send(pid, 'again')
    await clock.settle()
    const [least, most] = [Math.min(...counts), Math.max(...counts)]
    assert.ok(most - least < 3_000, `from ${least} to ${most} of ${total}`)
  })

  it('the scheduler keeps a fast producer from burying its consumer', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Flow = protocol('flow', { item: message<number>(), produce: message() })
    let longest = 0
    const consumer = actor(Flow, { on: { item() {}, produce() {} } })
    const sink = await node.spawn(consumer)
    let made = 0
    const producer = actor(Flow, {
      on: {
        item() {},
        produce(_state, _payload, context) {
          for (let i = 0; i < 100; i += 1) context.send(sink, 'item', i)
          made += 100
          longest = Math.max(longest, context.mailboxLength(sink) ?? 0)
          if (made < 1_000_000) context.send(context.self, 'produce')
        },
      },
    })
    node.send(await node.spawn(producer), 'produce')
    await clock.settle()
    assert.ok(longest < 100_000, `the longest mailbox had ${longest} of ${made} messages`)
    assert.equal(node.account().waiting, 0)
  })

  it('the scheduler leaves the event loop alive under full load: a real timer fires', async () => {
    const { startNode } = await import('troupe')
    const node = await startNode('busy@localhost', { logSinks: [], handleSignals: false })
    try {
      const Spin = protocol('spin', { again: message() })
      let going = true
      let turns = 0
      const spinner = actor(Spin, {
        on: {
          again(_state, _payload, context) {
            turns += 1
            if (going) context.send(context.self, 'again')
          },
        },
      })
      for (let i = 0; i < 100; i += 1) node.send(await node.spawn(spinner), 'again')
      let fired = 0
      for (let i = 0; i < 5; i += 1) {
        await new Promise<void>((resolve) => {
          setTimeout(() => {
            fired += 1
            resolve()
          }, 1)
        })
      }
      going = false
      assert.equal(fired, 5)
      assert.ok(turns > 0)
    } finally {
      await node.stop()
    }
  })
})

describe('a program that never rests', () => {
  it('does not hang a test: settling it fails with the remedy', async () => {
    await using test = await testNode()
    const { node } = test
    const Spin = protocol('spin', { again: message() })
    let going = true
    const spinner = actor(Spin, {
      on: {
        again(_state, _payload, context) {
          if (going) context.send(context.self, 'again')
        },
      },
    })
    node.send(await node.spawn(spinner), 'again')
    const clock = virtualClock({ turnsMax: 5 })
    await using other = await testNode({ clock })
    other.node.send(await other.node.spawn(spinner), 'again')
    await assert.rejects(clock.settle(), { name: 'AssertionError', message: /did not settle/ })
    going = false
  })
})
