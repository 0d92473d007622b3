/** hub/buckets: what is there of a key, in virtual time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { Buckets } from '#observer/hub/buckets'

describe('a bucket', () => {
  const clock = virtualClock()
  const nowMs = () => clock.nowMs()

  it('lets so much pass in a second, three times as much after a rest', async () => {
    const buckets = new Buckets({ perSecond: 10, atOnce: 30 }, nowMs)
    assert.equal(buckets.take('a', 30), 0)
    assert.equal(buckets.take('a', 5), 500)
    assert.equal(buckets.take('b', 5), 0)
    await clock.advance(499)
    assert.equal(buckets.take('a', 5), 1)
    await clock.advance(1)
    assert.equal(buckets.take('a', 5), 0)
    assert.equal(buckets.left('a'), 0)
  })

  it('has more than can ever be there for all there can be', () => {
    const buckets = new Buckets({ perSecond: 10, atOnce: 30 }, nowMs)
    assert.equal(buckets.take('a', 1_000), 0)
    assert.equal(buckets.left('a'), 0)
  })

  it('is kept of so many alone; those beyond them have one together', async () => {
    const buckets = new Buckets({ perSecond: 1, atOnce: 2 }, nowMs)
    const few = new Buckets({ perSecond: 1, atOnce: 2, keptMax: 10 }, nowMs)
    for (let at = 0; at < 100; at += 1) few.take(`n${at}`, 1)
    assert.equal(few.kept, 11)
    for (let at = 0; at < 5_000; at += 1) buckets.take(`n${at}`, 1)
    assert.ok(buckets.kept <= 2_049, `${buckets.kept} are kept`)
    assert.ok(buckets.take('another', 2) > 0)
    await clock.advance(1_000)
    assert.equal(buckets.take('another', 2), 0)
    assert.ok(buckets.kept < 10, `${buckets.kept} are kept`)
  })

  it('may be spent before it is there, and is had later', async () => {
    const buckets = new Buckets({ perSecond: 10, atOnce: 1 }, nowMs)
    for (let at = 0; at < 3; at += 1) buckets.spend('a', 1)
    assert.equal(buckets.left('a'), -2)
    assert.equal(buckets.waitMs('a', 1), 300)
    await clock.advance(300)
    assert.equal(buckets.waitMs('a', 1), 0)
  })
})
