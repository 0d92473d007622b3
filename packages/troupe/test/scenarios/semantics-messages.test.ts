/**
 * Design section 4, sentence 1: one message at a time, and what a suspended actor does.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { Actor, actor } from '#actor'
import { message, protocol } from '#contract'
import { makeGate, play, Scripted } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

const settled = async (rounds: number): Promise<void> => {
  for (let i = 0; i < rounds; i += 1) await undefined
}

describe(SENTENCES.oneAtATime, () => {
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

/** What waits while an actor is suspended, sorted. */
const LATER = Object.freeze([
  'down of pid: killed',
  'event news: published',
  'exit of node: shutdown',
  'message',
  'request',
  'timer',
  'urgent',
])

describe(SENTENCES.suspends, () => {
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
    assert.deepEqual(player.seen.slice(1).sort(), LATER)
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
})
