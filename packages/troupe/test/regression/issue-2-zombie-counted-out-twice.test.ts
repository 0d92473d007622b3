/**
 * regression/issue-2: a killed process was counted out of the zombies without having been counted
 * in, when a handler of it settled while its terminate was running. Found by random lives.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol } from 'troupe'
import { testNode } from 'troupe/testing'
import { live } from '#test/scenarios/random-life'

const Slow = protocol('slow', { nap: message<number>() })

const slowActor = actor(Slow, {
  on: { nap: (_, napMs, context) => context.sleep(napMs) },
  terminate: (_, __, context) => context.sleep(100),
  options: { reentrant: true },
})

describe('A reentrant process that is killed in its terminate', () => {
  it('is a zombie until that settles, though a handler has settled before', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const pid = await node.spawn(slowActor)
    node.send(pid, 'nap', 10)
    await clock.settle()
    node.exit(pid, 'shutdown')
    await clock.advance(20)
    node.kill(pid)
    assert.equal(node.info().zombies, 1)
    await clock.advance(1_000)
    assert.equal(node.info().zombies, 0)
  })

  it('is counted right in the life that showed the fault', () => live(571_498_121))
})
