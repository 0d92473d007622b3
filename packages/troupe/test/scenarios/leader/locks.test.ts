/**
 * Locks that a vote decides about: when they are given at once, and what is refused.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type LockAnswer, locks, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'

const TTL_MS = 2_000

const tokenOf = (answer: LockAnswer): number => {
  assert.ok(answer.kind === 'held')
  return answer.token
}

describe('locks of a cluster', () => {
  it('are given at once only where a storage knows that the term is the first', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const pid = await clock.until(node.spawn(locks({ clusterId: 'forgets', ttlMaxMs: TTL_MS })))
    await clock.advance(10)
    const take = () => clock.until(node.call(pid, 'acquire', { key: 'k', ttlMs: 100 }))
    assert.equal((await take()).kind, 'busy')
    await clock.advance(TTL_MS - 100)
    assert.equal((await take()).kind, 'busy')
    await clock.advance(300)
    assert.equal((await take()).kind, 'held')
  })

  it('are refused with a code while nobody leads, and for what cannot be', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const voters = ['test@localhost', 'absent@localhost']
    const lost = await clock.until(node.spawn(locks({ clusterId: 'lost', voters })))
    const asked = node.call(lost, 'acquire', { key: 'k', ttlMs: 100 })
    await assert.rejects(clock.until(asked), isCode('NOT_LEADER'))
    const storage = { load: async () => undefined, save: async () => {} }
    const pid = await clock.until(node.spawn(locks({ clusterId: 'alone', storage })))
    await clock.advance(10)
    for (const wrong of [
      { key: '', ttlMs: 100 },
      { key: 'k'.repeat(513), ttlMs: 100 },
      { key: 'k', ttlMs: 0 },
      { key: 'k', ttlMs: 10_001 },
      { key: 'k', ttlMs: Number.NaN },
    ]) {
      await assert.rejects(clock.until(node.call(pid, 'acquire', wrong)), isCode('OPTION_INVALID'))
    }
    assert.throws(() => locks({ clusterId: 'x', ttlMaxMs: 0 }), isCode('OPTION_INVALID'))
    const alone = await clock.until(node.call(pid, 'acquire', { key: 'k', ttlMs: 100 }))
    // A node that asks itself gives back by its token.
    const token = tokenOf(alone)
    const renewed = await clock.until(node.call(pid, 'renew', { key: 'k', token, ttlMs: 100 }))
    assert.equal(renewed, true)
    assert.equal(await clock.until(node.call(pid, 'release', { key: 'k', token })), true)
  })
})

const isCode = (code: TroupeError['code']) => (error: unknown) =>
  error instanceof TroupeError && error.code === code
