/**
 * scenarios/mailbox-fallback: a process that stands in for full mailboxes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type FallbackMessage, message, type Pid, protocol } from 'troupe'
import { testNode } from 'troupe/testing'

const Work = protocol('work', { item: message<number>() })
const StandIn = protocol('stand-in', { fallback: message<FallbackMessage>() })

const slowActor = actor(Work, { on: { item: () => new Promise<void>(() => {}) } })

interface Taken {
  readonly tag: string
  readonly message: string
  readonly payload: unknown
  readonly from: Pid | undefined
}

const standInActor = (taken: Taken[], lengthMax?: number) =>
  actor(StandIn, {
    on: {
      fallback(_, { tag, message, payload }, context) {
        taken.push({ tag, message, payload, from: context.from })
      },
    },
    options: lengthMax === undefined ? {} : { mailbox: { lengthMax } },
  })

describe('The fallback of a bounded mailbox', () => {
  it('gets what finds no room, and the account closes', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const taken: Taken[] = []
    await node.spawn(standInActor(taken), { name: 'spare' })
    const mailbox = { lengthMax: 1, fallback: { name: 'spare', tag: 'work' } }
    const slow = await node.spawn(slowActor, { mailbox })
    await clock.settle()
    node.send(slow, 'item', 1)
    await clock.settle()
    const answers = [2, 3, 4].map((item) => node.send(slow, 'item', item))
    await clock.settle()
    assert.deepEqual(answers, [undefined, undefined, undefined])
    const expected = [3, 4].map((payload) => ({
      tag: 'work',
      message: 'item',
      payload,
      from: undefined,
    }))
    assert.deepEqual(taken, expected)
    const { sent, handled, waiting, handling } = node.account()
    assert.deepEqual(
      { sent, handled, waiting, handling },
      { sent: 4, handled: 2, waiting: 1, handling: 1 },
    )
    node.kill(slow)
  })

  it('that is missing or full leaves the sender with MAILBOX_FULL', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const mailbox = { lengthMax: 1, fallback: { name: 'spare' } }
    const slow = await node.spawn(slowActor, { mailbox })
    node.send(slow, 'item', 1)
    await clock.settle()
    node.send(slow, 'item', 2)
    assert.equal(node.send(slow, 'item', 3), 'MAILBOX_FULL')
    await node.spawn(standInActor([], 1), { name: 'spare' })
    assert.equal(node.send(slow, 'item', 4), undefined)
    assert.equal(node.send(slow, 'item', 5), 'MAILBOX_FULL')
    node.kill(slow)
  })
})
