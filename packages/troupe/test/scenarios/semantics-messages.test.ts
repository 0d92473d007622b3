/**
 * Design section 4, sentences 1 to 4 and 9: how messages are handled, in which order, how fair.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { testNode, virtualClock } from 'troupe/testing'
import { Actor, actor } from '#actor'
import { message, Pid, processName, protocol } from '#contract'
import { makeGate, play, Scripted, type ScriptedPid } from '#test/scenarios/scripted'

const settled = async (rounds: number): Promise<void> => {
  for (let i = 0; i < rounds; i += 1) await undefined
}

describe('An actor handles one message at a time.', () => {
  it('an actor handles one message at a time', async () => {
    await using test = await testNode()
    let inside = 0
    let most = 0
    const Busy = protocol('busy', { work: message<number>() })
    const busy = actor(Busy, {
      on: {
        async work(_state, rounds) {
          inside += 1
          most = Math.max(most, inside)
          await settled(rounds)
          inside -= 1
        },
      },
    })
    const pid = await test.node.spawn(busy)
    for (let i = 0; i < 50; i += 1) test.node.send(pid, 'work', (i * 7) % 5)
    await test.clock.settle()
    assert.deepEqual([most, inside, test.node.account().handled], [1, 0, 50])
  })
})

describe(
  'An async handler suspends only its own actor; nothing else of that actor runs until ' +
    'it settles (re-entrancy is an explicit option).',
  () => {
    it('an async handler suspends only its own actor', async () => {
      await using test = await testNode()
      const [first, second] = [await play(test.node), await play(test.node)]
      const gate = makeGate()
      test.node.send(first.pid, 'act', () => gate.closed)
      for (const { pid } of [first, second]) test.node.send(pid, 'note', 'next')
      await test.clock.settle()
      assert.deepEqual([first.seen, second.seen], [[], ['next']])
      assert.equal(test.node.processInfo(first.pid)?.state, 'waiting')
      gate.open()
      await test.clock.settle()
      assert.deepEqual(first.seen, ['next'])
    })

    it('nothing else of a suspended actor runs until its handler settles', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const player = await play(node, { trapExit: true })
      const other = await play(node)
      const gate = makeGate()
      const token = node.registerEvent<string>('news', { open: true })
      node.send(player.pid, 'act', async (context) => {
        context.monitor(other.pid)
        await context.subscribe(token.event)
        context.after(1, () => player.seen.push('timer'))
        await gate.closed
        player.seen.push('settled')
      })
      await clock.settle()
      node.send(player.pid, 'note', 'message')
      node.send(player.pid, 'note', 'urgent', { priority: 'max' })
      node.publish(token, 'published')
      node.exit(player.pid, 'shutdown')
      node.kill(other.pid)
      const answer = node.call(player.pid, 'ask', () => player.seen.push('request'))
      await clock.advance(10)
      assert.deepEqual(player.seen, [])
      gate.open()
      await answer
      await clock.settle()
      assert.equal(player.seen[0], 'settled')
      assert.deepEqual(
        [...player.seen].sort(),
        [
          'down of pid: killed',
          'event news: published',
          'exit of node: shutdown',
          'message',
          'request',
          'settled',
          'timer',
          'urgent',
        ].sort(),
      )
    })

    it('re-entrancy is an explicit option', async () => {
      await using test = await testNode()
      const gate = makeGate()
      for (const reentrant of [false, true]) {
        const player = await play(test.node, { reentrant })
        test.node.send(player.pid, 'act', () => gate.closed)
        test.node.send(player.pid, 'note', 'meanwhile')
        await test.clock.settle()
        assert.deepEqual(player.seen, reentrant ? ['meanwhile'] : [])
      }
    })

    it('a class actor keeps its turn in the same way', async () => {
      await using test = await testNode()
      const gate = makeGate()
      const seen: string[] = []
      class Slow extends Actor.of(Scripted) {
        act(): Promise<void> {
          return gate.closed.then(() => void seen.push('settled'))
        }
        ask(): void {}
        note(what: unknown): void {
          seen.push(String(what))
        }
      }
      const pid = await test.node.spawn(Slow)
      test.node.send(pid, 'act', () => {})
      test.node.send(pid, 'note', 'after')
      await test.clock.settle()
      assert.deepEqual(seen, [])
      gate.open()
      await test.clock.settle()
      assert.deepEqual(seen, ['settled', 'after'])
    })
  },
)

describe(
  'Four queues, urgent > system > main > log, FIFO within each; a fairness budget keeps ' +
    'main alive under a flood.',
  () => {
    it('the queues are served urgent > system > main > log, first in first out within each', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const player = await play(node)
      node.log.addProcess('player', player.pid)
      const gate = makeGate()
      node.send(player.pid, 'act', () => gate.closed)
      await clock.settle()
      for (const round of [1, 2]) {
        node.log.info(`line ${round}`)
        node.send(player.pid, 'note', `main ${round}`)
        node.send(player.pid, 'note', `system ${round}`, { priority: 'high' })
        node.send(player.pid, 'note', `urgent ${round}`, { priority: 'max' })
      }
      gate.open()
      await clock.settle()
      const queues = ['urgent', 'system', 'main', 'log line'].map((queue) =>
        [1, 2].map((i) => `${queue} ${i}`),
      )
      assert.deepEqual(player.seen, queues.flat())
    })

    it('a fairness budget keeps main alive under a flood of urgent messages', async () => {
      await using test = await testNode()
      const { node, clock } = test
      let left = 2_000
      const Flood = protocol('flood', { again: message(), plain: message() })
      let served: number | undefined
      const flooded = actor(Flood, {
        on: {
          again(_state, _payload, context) {
            left -= 1
            if (left > 0) context.send(context.self, 'again', undefined, { priority: 'max' })
          },
          plain() {
            served = left
          },
        },
      })
      const pid = await node.spawn(flooded)
      node.send(pid, 'again', undefined, { priority: 'max' })
      node.send(pid, 'again', undefined, { priority: 'max' })
      node.send(pid, 'plain')
      await clock.settle()
      assert.ok(
        served !== undefined && served > 1_000,
        `main was served with ${served} urgent left`,
      )
      assert.equal(left <= 0, true)
    })
  },
)

describe(
  "A down notice or a trapped exit queues behind that sender's earlier messages (a " +
    'process that replies and ends is heard in that order); only an untrapped exit and ' +
    'kill overtake.',
  () => {
    it('a down notice queues behind the earlier messages of who ended', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [watcher, worker] = [await play(node), await play(node)]
      node.send(watcher.pid, 'act', (context) => context.monitor(worker.pid))
      await clock.settle()
      node.send(worker.pid, 'act', (context) => {
        for (const i of [1, 2, 3]) context.send(watcher.pid, 'note', i)
        context.stop()
      })
      await clock.settle()
      assert.deepEqual(watcher.seen, ['1', '2', '3', 'down of pid: normal'])
    })

    it('a trapped exit queues behind the earlier messages of who ended', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const watcher = await play(node, { trapExit: true })
      const worker = await play(node)
      node.send(watcher.pid, 'act', (context) => context.link(worker.pid))
      await clock.settle()
      node.send(worker.pid, 'act', (context) => {
        for (const i of [1, 2, 3]) context.send(watcher.pid, 'note', i)
        context.exit(watcher.pid, 'shutdown')
        context.send(watcher.pid, 'note', 4)
        context.stop()
      })
      await clock.settle()
      const exit = (reason: string) => `exit of pid: ${reason}`
      assert.deepEqual(watcher.seen, ['1', '2', '3', exit('shutdown'), '4', exit('normal')])
    })

    it('a process that replies and ends is heard in that order', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [asker, worker] = [await play(node), await play(node)]
      node.send(asker.pid, 'act', async (context) => {
        context.monitor(worker.pid)
        const answer = await context.call(worker.pid, 'ask', (callee) => {
          callee.stop()
          return 'the answer'
        })
        asker.seen.push(String(answer))
      })
      await clock.settle()
      assert.deepEqual(asker.seen, ['the answer', 'down of pid: normal'])
    })

    it('an untrapped exit overtakes what waits, and so does a kill', async () => {
      await using test = await testNode()
      const { node, clock } = test
      for (const end of ['exit', 'kill'] as const) {
        const player = await play(node)
        const gate = makeGate()
        node.send(player.pid, 'act', () => gate.closed)
        await clock.settle()
        for (const i of [1, 2, 3]) node.send(player.pid, 'note', i)
        if (end === 'exit') node.exit(player.pid, 'shutdown')
        else node.kill(player.pid)
        gate.open()
        await clock.settle()
        assert.deepEqual(player.seen, end === 'exit' ? ['terminate: shutdown'] : [])
        assert.equal(node.isAlive(player.pid), false)
      }
      assert.equal(node.account().dropped['process-ended'] >= 6, true)
    })
  },
)

describe(
  'The scheduler is fair and leaves the event loop alive: under full load a timer is ' +
    'late by < 5 ms at p99.',
  () => {
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
  },
)

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

describe(
  '`send` never blocks and never throws for a dead remote; a local failure is returned ' +
    'at once as a value.',
  () => {
    it('send never blocks: it returns before the message is handled', async () => {
      await using test = await testNode()
      const player = await play(test.node)
      assert.equal(test.node.send(player.pid, 'note', 1), undefined)
      assert.deepEqual(player.seen, [])
      await test.clock.settle()
      assert.deepEqual(player.seen, ['1'])
    })

    it('send never throws for a dead remote', async () => {
      await using test = await testNode()
      const { node } = test
      const remote = Pid.of('nobody@nowhere', 5, 1)
      assert.equal(node.send(remote, 'note', 1), 'NO_ROUTE')
      assert.equal(node.send(processName('x', undefined, 'nobody@nowhere'), 'note', 1), 'NO_ROUTE')
      assert.equal(await node.sendWhenRoom(remote, 'note', 1), 'NO_ROUTE')
      assert.equal(await node.sendImportant(remote, 'note', 1), 'NO_ROUTE')
      assert.equal(node.account().dropped['no-route'], 4)
    })

    it('send returns a local failure at once as a value', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const gone = await play(node)
      const full = await play(node, { mailbox: { lengthMax: 1 } })
      let alias: Parameters<typeof node.send>[0] = 'unset'
      node.send(gone.pid, 'act', (context) => {
        alias = context.createAlias()
        context.stop()
      })
      await clock.settle()
      node.send(full.pid, 'note', 1)
      const earlier = Pid.of(node.name, full.pid.id, node.creation - 1)
      assert.deepEqual(
        [gone.pid, earlier, alias, 'nobody', processName('nobody'), full.pid].map((to) =>
          node.send(to, 'note', 2),
        ),
        [
          'PROCESS_UNKNOWN',
          'PROCESS_INCARNATION',
          'ALIAS_UNKNOWN',
          'NAME_UNKNOWN',
          'NAME_UNKNOWN',
          'MAILBOX_FULL',
        ],
      )
    })

    it('send tells a killed process that its sends are void, and a stopped node', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [player, receiver] = [await play(node), await play(node)]
      const gate = makeGate()
      let failure: unknown
      node.send(player.pid, 'act', async (context) => {
        await gate.closed
        failure = context.send(receiver.pid, 'note', 'too late')
      })
      await clock.settle()
      node.kill(player.pid)
      gate.open()
      await clock.settle()
      assert.deepEqual([failure, receiver.seen], ['PROCESS_REVOKED', []])
      await test.stop()
      assert.equal(node.send(receiver.pid, 'note', 1), 'NODE_STOPPED')
    })
  },
)

describe('FIFO per (sender, receiver, priority) always, also across reconnects; never re-ordered by load.', () => {
  it('order is first in first out for each sender, receiver and priority, always', async () => {
    const priorities = ['normal', 'high', 'max'] as const
    const step = fc.record({
      sender: fc.integer({ min: 0, max: 2 }),
      receiver: fc.integer({ min: 0, max: 2 }),
      priority: fc.constantFrom(...priorities),
      burst: fc.integer({ min: 1, max: 40 }),
      slow: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await using test = await testNode()
        const { node, clock } = test
        const players = await Promise.all([0, 1, 2].map(() => play(node)))
        const senders = await Promise.all([0, 1, 2].map(() => play(node)))
        let sequence = 0
        for (const { sender, receiver, priority, burst, slow } of steps) {
          const to = players[receiver]?.pid as ScriptedPid
          node.send(senders[sender]?.pid as ScriptedPid, 'act', async (context) => {
            if (slow) await undefined
            for (let i = 0; i < burst; i += 1) {
              sequence += 1
              context.send(to, 'note', `${sender} ${priority} ${sequence}`, { priority })
            }
          })
        }
        await clock.settle()
        for (const { seen } of players) assertOrdered(seen)
        const received = players.reduce((sum, { seen }) => sum + seen.length, 0)
        assert.equal(received, sequence)
      }),
      { numRuns: 40 },
    )
  })

  it('order is never changed by load: a long mailbox stays in order', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const sender = await play(node)
    node.send(sender.pid, 'act', (context) => {
      for (let i = 1; i <= 50_000; i += 1) context.send(player.pid, 'note', `0 normal ${i}`)
    })
    await clock.settle()
    assert.equal(player.seen.length, 50_000)
    assertOrdered(player.seen)
  })
})

/** Every line is `sender priority sequence`; sequences of one sender and priority only rise. */
function assertOrdered(seen: readonly string[]): void {
  const last = new Map<string, number>()
  for (const line of seen) {
    const [sender, priority, sequence] = line.split(' ')
    const key = `${sender} ${priority}`
    assert.ok(Number(sequence) > (last.get(key) ?? 0), `${line} came after ${last.get(key)}`)
    last.set(key, Number(sequence))
  }
}
