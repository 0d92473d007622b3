/** cluster/remote/clock-estimate: round trips and clock offsets from answers. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ClockEstimate, sampleOf } from '#cluster/remote/clock-estimate'

describe('what the answers of another node show', () => {
  it('is an offset that is right when both ways take as long', () => {
    // Their clock is 500 ms ahead; the answer was written half way.
    const sample = sampleOf(1_000, 40, 1_000 + 20 + 500)
    assert.deepEqual(sample, { roundTripMs: 40, clockOffsetMs: 500 })
  })

  it('is wrong by half a round trip at most, however the ways differ', () => {
    for (const there of [0, 10, 40]) {
      const { clockOffsetMs } = sampleOf(1_000, 40, 1_000 + there + 500)
      assert.ok(Math.abs(clockOffsetMs - 500) <= 20, `${there}`)
    }
  })

  it('takes no round trip below zero', () => {
    assert.equal(sampleOf(0, -1, 5).roundTripMs, 0)
  })

  it('is not known before the first answer', () => {
    const estimate = new ClockEstimate()
    assert.deepEqual([estimate.roundTripMs, estimate.clockOffsetMs], [-1, 0])
  })

  it('is a smoothed round trip: one slow answer changes it by an eighth', () => {
    const estimate = new ClockEstimate()
    for (let i = 0; i < 5; i += 1) estimate.add(7, { roundTripMs: 10, clockOffsetMs: 3 })
    assert.equal(estimate.roundTripMs, 10)
    estimate.add(7, { roundTripMs: 90, clockOffsetMs: 40 })
    assert.equal(estimate.roundTripMs, 20)
  })

  it('is the offset of the quickest answer of the last eight', () => {
    const estimate = new ClockEstimate()
    estimate.add(7, { roundTripMs: 2, clockOffsetMs: 100 })
    for (let i = 0; i < 7; i += 1) estimate.add(7, { roundTripMs: 50, clockOffsetMs: 120 + i })
    assert.equal(estimate.clockOffsetMs, 100)
    estimate.add(7, { roundTripMs: 40, clockOffsetMs: 111 })
    assert.equal(estimate.clockOffsetMs, 111)
  })

  it('begins anew with another life of the node', () => {
    const estimate = new ClockEstimate()
    estimate.add(7, { roundTripMs: 1, clockOffsetMs: 100 })
    estimate.add(8, { roundTripMs: 30, clockOffsetMs: -5 })
    assert.deepEqual([estimate.roundTripMs, estimate.clockOffsetMs], [30, -5])
  })
})
