/** store/silence-wheel: what is watched falls due after its moment, once. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SilenceWheel } from '#traffic/store/silence-wheel'

describe('the wheel of silence', () => {
  it('gives each slot once, not before its moment and at most a step after it', () => {
    const step = fc.oneof(
      fc.record({ inMs: fc.integer({ min: -50, max: 500 }) }),
      fc.record({ passMs: fc.oneof(fc.nat({ max: 60 }), fc.constantFrom(0, 1_000_000)) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const wheel = new SilenceWheel(10)
        const moments = new Map<number, { readonly untilMs: number; readonly sinceMs: number }>()
        let nowMs = 1_700_000_000_000
        steps.forEach((one, slot) => {
          if ('inMs' in one) {
            wheel.watch(slot, nowMs + one.inMs)
            moments.set(slot, { untilMs: nowMs + one.inMs, sinceMs: nowMs })
            return
          }
          nowMs += one.passMs
          for (const due of wheel.take(nowMs, 1_000)) {
            const moment = moments.get(due) ?? assert.fail(`slot ${due} is not watched`)
            assert.ok(moment.untilMs <= nowMs)
            moments.delete(due)
          }
          for (const { untilMs, sinceMs } of moments.values()) {
            assert.ok(Math.max(untilMs, sinceMs) > nowMs - 20)
          }
        })
      }),
    )
  })
})
