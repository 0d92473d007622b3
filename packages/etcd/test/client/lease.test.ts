/**
 * etcd/test/client/lease.test: what a holder may believe of its lease, on a clock that is moved.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { seededRandom } from 'troupe/registrar'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import type { Calls } from '#etcd/client/calls'
import { KeptLease } from '#etcd/client/lease'

/** What etcd answers to a question: seconds to live, or nothing at all. */
type Answer = number | 'silence' | 'refusal'

interface Stage {
  readonly clock: VirtualClock
  readonly lease: KeptLease
  readonly asked: { readonly operation: string; readonly atMs: number }[]
  readonly endings: string[]
  answer: (operation: string) => Answer
  revoke: () => Promise<void>
}

function stageOf(ttlMs: number, keepAliveMs?: number): Stage {
  const clock = virtualClock()
  const asked: Stage['asked'] = []
  const ask = async ({ operation }: { operation: string }, options: { timeoutMs: number }) => {
    const sentMs = clock.nowMs()
    asked.push({ operation, atMs: Math.round(sentMs) })
    const answer = stage.answer(operation)
    const takesMs = answer === 'silence' ? options.timeoutMs : 10
    await new Promise<void>((resolve) => clock.after(takesMs, resolve))
    const detail = { endpoint: 'a:1', operation }
    if (answer === 'silence') {
      throw new TroupeError('ETCD_TIMEOUT', { ...detail, timeoutMs: options.timeoutMs })
    }
    if (answer === 'refusal') {
      throw new TroupeError('ETCD_REFUSED', { ...detail, problem: 'permission denied' })
    }
    return { answer: { TTL: String(answer), header: null }, sentMs }
  }
  const lease = new KeptLease({ lease: '7', ttlMs }, clock.nowMs(), {
    calls: { ask } as unknown as Calls,
    world: { clock, random: seededRandom(1), quietMs: 5_000 },
    keepAliveMs,
    revoke: () => stage.revoke(),
    ended: () => {},
  })
  const endings: string[] = []
  void lease.ended.then((ending) => endings.push(ending))
  const stage: Stage = {
    ...{ clock, lease, asked, endings, revoke: async () => {} },
    answer: () => ttlMs / 1_000,
  }
  return stage
}

describe('a lease that is kept', () => {
  it('is asked for every third of its time, and lives from the question on', async () => {
    const stage = stageOf(9_000)
    assert.equal(stage.lease.untilMs, 9_000)
    await stage.clock.advance(9_500)
    assert.deepEqual(
      stage.asked.map(({ atMs }) => atMs),
      [3_000, 6_000, 9_000],
    )
    assert.equal(Math.round(stage.lease.untilMs), 18_000)
    stage.lease.close()
    assert.equal(stage.clock.pending(), 0)
  })

  it('is asked for twice in its time at least, whatever the options say', async () => {
    const stage = stageOf(4_000, 60_000)
    await stage.clock.advance(2_100)
    assert.equal(stage.asked.length, 1)
    stage.lease.close()
  })

  it('is doubtful while etcd is silent, and the same one when it answers again', async () => {
    const stage = stageOf(6_000)
    stage.answer = () => 'silence'
    await stage.clock.advance(120_000)
    assert.equal(stage.lease.untilMs, 6_000)
    assert.deepEqual(stage.endings, [])
    assert.ok(stage.asked.length > 20, 'it goes on asking')
    stage.answer = () => 6
    await stage.clock.advance(6_000)
    assert.ok(stage.lease.untilMs > stage.clock.nowMs())
    assert.deepEqual(stage.endings, [])
    stage.lease.close()
  })

  it('has ended when etcd says so twice, with a read of all of its log between', async () => {
    const stage = stageOf(6_000)
    stage.answer = () => 0
    await stage.clock.advance(2_100)
    assert.deepEqual(
      stage.asked.map(({ operation }) => operation),
      ['keep alive', 'range', 'keep alive'],
    )
    assert.deepEqual(stage.endings, ['expired'])
    assert.equal(stage.clock.pending(), 0)
  })

  it('lives on when a new leader had not read its log yet', async () => {
    const stage = stageOf(6_000)
    let isBehind = true
    stage.answer = (operation) => {
      if (operation === 'range') isBehind = false
      return isBehind ? 0 : 6
    }
    await stage.clock.advance(2_100)
    assert.deepEqual(stage.endings, [])
    assert.ok(stage.lease.untilMs > 8_000)
    stage.lease.close()
  })

  it('is asked for again after a refusal, which is no word of its end', async () => {
    const stage = stageOf(6_000)
    stage.answer = () => 'refusal'
    await stage.clock.advance(20_000)
    assert.deepEqual(stage.endings, [])
    assert.ok(stage.asked.length > 3)
    stage.lease.close()
  })

  it('that is let go of is asked for no more', async () => {
    const stage = stageOf(6_000)
    stage.lease.close()
    await stage.clock.advance(20_000)
    assert.deepEqual([stage.asked, stage.endings], [[], ['closed']])
  })

  it('that is revoked is asked for no more', async () => {
    const stage = stageOf(6_000)
    await stage.lease.revoke()
    await stage.lease.revoke()
    await stage.clock.advance(20_000)
    assert.deepEqual([stage.asked, stage.endings], [[], ['revoked']])
  })

  it('that could not be revoked is let go of', async () => {
    const stage = stageOf(6_000)
    const detail = { endpoint: 'a:1', operation: 'revoke', timeoutMs: 5 }
    stage.revoke = () => Promise.reject(new TroupeError('ETCD_TIMEOUT', detail))
    await assert.rejects(stage.lease.revoke(), { code: 'ETCD_TIMEOUT' })
    await stage.clock.settle()
    assert.deepEqual(stage.endings, ['closed'])
  })

  it('does not live longer for an answer that came after it was let go of', async () => {
    const stage = stageOf(6_000)
    await stage.clock.advance(2_005)
    stage.lease.close()
    await stage.clock.advance(1_000)
    assert.equal(stage.lease.untilMs, 6_000)
    assert.deepEqual(stage.endings, ['closed'])
    assert.equal(stage.clock.pending(), 0)
  })
})
