/** regression: small faults of the runtime that a bug hunt found after it was first complete. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type ProcessContext, protocol, request } from 'troupe'
import { testNode } from 'troupe/testing'

const Board = protocol('board', { price: message<number>(), seen: request<void, string>() })

describe('a mailbox that keeps the latest by key', () => {
  it('serves a message of high priority before those that wait in main', async () => {
    await using test = await testNode()
    const seen: string[] = []
    const board = actor(Board, {
      init: () => ({}),
      on: {
        price(_state, price) {
          seen.push(String(price))
        },
        seen: () => seen.join(' '),
      },
    })
    const mailbox = {
      lengthMax: 10,
      policy: 'latest-by-key',
      keyOf: (_name: string, payload: unknown) => payload,
    } as const
    const pid = await test.node.spawn(board, { mailbox })
    test.node.send(pid, 'price', 1)
    test.node.send(pid, 'price', 2)
    test.node.send(pid, 'price', 3, { priority: 'high' })
    test.node.send(pid, 'price', 4, { priority: 'max' })
    test.node.send(pid, 'price', 4, { priority: 'high' })
    await test.clock.settle()
    assert.equal(seen.join(' '), '4 3 1 2')
    assert.equal(test.node.account().dropped['mailbox-replaced'], 1)
  })
})

describe('an event', () => {
  it('is ended by its owner alone, whoever else holds the token', async () => {
    await using test = await testNode()
    const Any = protocol('any', { end: request<void, string>() })
    const token = test.node.registerEvent('prices')
    const holder = actor(Any, {
      init: () => ({}),
      on: {
        end(_state, _nothing, context: ProcessContext) {
          context.publish(token, 1)
          try {
            context.unregisterEvent(token)
            return 'ended'
          } catch (error) {
            return (error as { code: string }).code
          }
        },
      },
    })
    const pid = await test.node.spawn(holder)
    assert.equal(await test.node.call(pid, 'end'), 'EVENT_NOT_OWNED')
    test.node.unregisterEvent(token)
    assert.deepEqual(
      test.node.events().filter((one) => one.event.name === 'prices'),
      [],
    )
  })
})

describe('a process whose init waits for ever', () => {
  it('is ended by an exit signal, and its spawner is told at once', async () => {
    await using test = await testNode()
    const Any = protocol('any', {})
    const stuck = actor(Any, { init: () => new Promise<object>(() => {}), on: {} })
    const spawned = test.node.spawn(stuck, { name: 'stuck' })
    const pid = test.node.whereis('stuck')
    assert.ok(pid)
    test.node.exit(pid, 'shutdown')
    await assert.rejects(spawned, { code: 'INIT_FAILED' })
    assert.equal(test.node.whereis('stuck'), undefined)
  })
})
