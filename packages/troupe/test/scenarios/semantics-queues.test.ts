/**
 * Design section 4, sentence 2: the four queues, and where signals stand in them.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import { message, protocol } from '#contract'
import { makeGate, play } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

describe(SENTENCES.queues, () => {
  it('the queues are served urgent > system > main > log, each in order', async () => {
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
    assert.ok(served !== undefined && served > 1_000, `main was served with ${served} urgent left`)
    assert.equal(left <= 0, true)
  })
})

describe(SENTENCES.signals, () => {
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
})
