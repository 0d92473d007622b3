/**
 * Design section 4, sentence 6: mailboxes can be bounded.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import { type MailboxOptions, message, type Node, protocol, TroupeError } from '#contract'
import { assertCloses } from '#test/scenarios/closing'
import { makeGate, play, scripted } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

/** A player held in a handler, so that what is sent to it waits. */
async function held(node: Node, settle: () => Promise<void>, mailbox?: MailboxOptions) {
  const player = await play(node, mailbox === undefined ? {} : { mailbox })
  const gate = makeGate()
  node.send(player.pid, 'act', () => gate.closed)
  await settle()
  return { ...player, gate }
}

describe(SENTENCES.bounded, () => {
  const fill = async (node: Node, settle: () => Promise<void>, mailbox: MailboxOptions) => {
    const { pid, seen, gate } = await held(node, settle, mailbox)
    const outcomes = [1, 2, 3, 4].map((i) => node.send(pid, 'note', i))
    return { pid, seen, gate, outcomes }
  }

  it('a mailbox with the policy fail tells the sender', async () => {
    await using test = await testNode()
    const settle = () => test.clock.settle()
    const { seen, gate, outcomes } = await fill(test.node, settle, { lengthMax: 2 })
    gate.open()
    await settle()
    assert.deepEqual(outcomes, [undefined, undefined, 'MAILBOX_FULL', 'MAILBOX_FULL'])
    assert.deepEqual(seen, ['1', '2'])
  })

  it('a mailbox with the policy drop-newest keeps what came first', async () => {
    await using test = await testNode()
    const settle = () => test.clock.settle()
    const mailbox = { lengthMax: 2, policy: 'drop-newest' } as const
    const { seen, gate, outcomes } = await fill(test.node, settle, mailbox)
    gate.open()
    await settle()
    assert.deepEqual([outcomes, seen], [new Array(4).fill(undefined), ['1', '2']])
  })

  it('a mailbox with the policy drop-oldest keeps what came last', async () => {
    await using test = await testNode()
    const settle = () => test.clock.settle()
    const mailbox = { lengthMax: 2, policy: 'drop-oldest' } as const
    const { seen, gate, outcomes } = await fill(test.node, settle, mailbox)
    gate.open()
    await settle()
    assert.deepEqual([outcomes, seen], [new Array(4).fill(undefined), ['3', '4']])
  })

  it('a mailbox with latest-by-key keeps the last of each key in its first place', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Positions = protocol('positions', { at: message<readonly [string, number]>() })
    const seen: unknown[] = []
    const gate = makeGate()
    let first = true
    const map = actor(Positions, {
      on: {
        at(_state, position) {
          seen.push(position)
          if (!first) return undefined
          first = false
          return gate.closed
        },
      },
    })
    const keyOf = (_message: string, payload: unknown): unknown => (payload as [string])[0]
    const mailbox = { lengthMax: 2, policy: 'latest-by-key', keyOf } as const
    const pid = await node.spawn(map, { mailbox })
    node.send(pid, 'at', ['x', 0])
    await clock.settle()
    const outcomes = (
      [
        ['a', 1],
        ['b', 1],
        ['a', 2],
        ['c', 1],
        ['b', 2],
      ] as const
    ).map((position) => node.send(pid, 'at', position))
    gate.open()
    await clock.settle()
    assert.deepEqual(seen, [
      ['x', 0],
      ['a', 2],
      ['b', 2],
    ])
    assert.deepEqual(outcomes, [undefined, undefined, undefined, 'MAILBOX_FULL', undefined])
  })

  it('a mailbox with the policy block lets sendWhenRoom wait in order', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const settle = () => clock.settle()
    const { pid, seen, gate } = await held(node, settle, { lengthMax: 1, policy: 'block' })
    const outcomes: (string | undefined)[] = []
    for (const i of [1, 2, 3, 4]) {
      void node.sendWhenRoom(pid, 'note', i).then((failure) => outcomes.push(failure))
    }
    await settle()
    assert.equal(outcomes.length, 1)
    assert.equal(node.send(pid, 'note', 5), 'MAILBOX_FULL')
    gate.open()
    await settle()
    assert.deepEqual([outcomes, seen], [new Array(4).fill(undefined), ['1', '2', '3', '4']])
  })

  it('a mailbox tells whoever waits for room that the receiver has ended', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const settle = () => clock.settle()
    const { pid } = await held(node, settle, { lengthMax: 1, policy: 'block' })
    node.send(pid, 'note', 1)
    const waits = node.sendWhenRoom(pid, 'note', 2)
    node.kill(pid)
    assert.equal(await waits, 'PROCESS_UNKNOWN')
    assertCloses(node)
  })

  it('a mailbox counts urgent, system and main together, and never refuses a signal', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const settle = () => clock.settle()
    const { pid, seen, gate } = await held(node, settle, { lengthMax: 2 })
    const other = await play(node)
    node.send(pid, 'note', 'urgent', { priority: 'max' })
    node.send(pid, 'note', 'main')
    assert.equal(node.send(pid, 'note', 'more', { priority: 'high' }), 'MAILBOX_FULL')
    node.send(other.pid, 'act', (context) => context.exit(pid, 'shutdown'))
    await settle()
    gate.open()
    await settle()
    assert.deepEqual(seen, ['terminate: shutdown'])
  })

  it('a mailbox rejects a call at once when it is full', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await held(node, () => clock.settle(), { lengthMax: 1 })
    node.send(pid, 'note', 1)
    await assert.rejects(
      node.call(pid, 'ask', () => 1),
      { code: 'MAILBOX_FULL' },
    )
  })

  it('a mailbox rejects the caller whose request is dropped as the oldest', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const mailbox = { lengthMax: 1, policy: 'drop-oldest' } as const
    const { pid } = await held(node, () => clock.settle(), mailbox)
    const call = node.call(pid, 'ask', () => 1)
    node.send(pid, 'note', 1)
    await assert.rejects(call, { code: 'MAILBOX_FULL' })
  })

  it('a mailbox refuses options that cannot be, naming them', async () => {
    await using test = await testNode()
    const bad: readonly [string, MailboxOptions][] = [
      ['mailbox.lengthMax', { lengthMax: 0 }],
      ['mailbox.lengthMax', { lengthMax: 1.5 }],
      ['mailbox.policy', { policy: 'perhaps' as 'fail' }],
      ['mailbox.keyOf', { lengthMax: 1, policy: 'latest-by-key' }],
    ]
    for (const [option, mailbox] of bad) {
      await assert.rejects(test.node.spawn(scripted, { mailbox }), (error) => {
        assert.ok(TroupeError.is(error, 'OPTION_INVALID'))
        assert.equal(error.detail.option, option)
        return true
      })
    }
  })
})
