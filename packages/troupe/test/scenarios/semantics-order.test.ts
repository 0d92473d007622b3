/**
 * Design section 4, sentences 4 and 9: what a send answers, and the order of messages.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { testNode } from 'troupe/testing'
import { Pid, processName } from '#contract'
import { makeGate, play, type ScriptedPid } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

describe(SENTENCES.send, () => {
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
})

describe(SENTENCES.order, () => {
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
