/**
 * Real nodes come and go under load: nothing is lost and nothing fails.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { scaleUpAndDown } from './scale-kit.js'

const ROUNDS = 3

describe('a cluster that grows and shrinks under load', () => {
  it('answers every call and handles every message once, with no try made again', async (t) => {
    const account = await scaleUpAndDown(ROUNDS)
    t.diagnostic(`${account.calls} calls, ${account.sent} messages in ${ROUNDS} rounds`)
    assert.deepEqual(account.failures, [])
    assert.equal(account.answered, account.calls)
    assert.equal(account.ground, account.calls)
    assert.equal(account.handled, account.sent)
    assert.deepEqual(
      account.drains.map(({ finished, left }) => [finished, left]),
      Array(ROUNDS).fill([true, 0]),
    )
  })
})
