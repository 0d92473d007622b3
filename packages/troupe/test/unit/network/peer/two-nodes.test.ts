import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, processName, protocol, request } from 'troupe'
import { pair } from './two.js'

const Counter = protocol('counter', {
  add: message<number>(),
  value: request<void, number>(),
  big: request<Uint8Array, number>(),
})
const counter = actor(Counter, {
  init: () => ({ sum: 0 }),
  on: {
    add(state, by) {
      state.sum += by
    },
    value: (state) => state.sum,
    big: (_state, bytes) => bytes.length,
  },
})

describe('two nodes', () => {
  it('send and call', async () => {
    const { a, b } = await pair()
    const pid = await b.node.spawn(counter, { name: 'counter' })
    const far = { kind: 'pid' as const, node: 'b@test', id: pid.id, creation: pid.creation }
    assert.equal(a.node.send(far, 'add', 3), undefined)
    assert.equal(await a.node.call(far, 'value'), 3)
    const named = processName('counter', Counter, 'b@test')
    a.node.send(named, 'add', 4)
    assert.equal(await a.node.call(named, 'value'), 7)
    assert.equal(await a.node.call(named, 'big', new Uint8Array(3_000_000)), 3_000_000)
    await assert.rejects(a.node.call({ ...far, id: 999 }, 'value'), { code: 'PROCESS_UNKNOWN' })
    await assert.rejects(a.node.call(processName('x', Counter, 'c@test'), 'value'), {
      code: 'NO_ROUTE',
    })
    assert.equal(await a.node.sendImportant(named, 'add', 1), undefined)
    assert.equal(await a.node.call(named, 'value'), 8)
    await a.node.stop()
    await b.node.stop()
  })
})
