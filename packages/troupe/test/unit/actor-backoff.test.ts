/**
 * How long to wait before the next attempt.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BACKOFF_DEFAULTS, backoffMs, checkBackoff, NO_BACKOFF } from '#actor/backoff'
import { TroupeError } from '#contract'

const STEADY = checkBackoff({ firstMs: 10, maxMs: 100, factor: 2, jitter: 0 }, 'backoff')

describe('the back-off', () => {
  it('restarts at once the first time, then waits twice as long each time, up to a limit', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(STEADY, attempt, 0))
    assert.deepEqual(waits, [0, 10, 20, 40, 80, 100, 100])
  })

  it('waits before the first restart when none is immediate', () => {
    assert.equal(backoffMs({ ...STEADY, immediate: 0 }, 1, 0), 10)
  })

  it('takes chance off a wait, never adds to it', () => {
    const jittered = { ...STEADY, jitter: 0.5 }
    assert.equal(backoffMs(jittered, 2, 0), 10)
    assert.equal(backoffMs(jittered, 2, 0.5), 7.5)
    const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
    const holds = (attempt: number, random: number): boolean => {
      const waitMs = backoffMs(jittered, attempt, random)
      const fullMs = backoffMs(STEADY, attempt, 0)
      return waitMs <= fullMs && waitMs >= fullMs / 2
    }
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }), chance, holds), { seed: 7 })
  })

  it('never waits when it is off', () => {
    assert.equal(checkBackoff(false, 'backoff'), NO_BACKOFF)
    assert.equal(backoffMs(NO_BACKOFF, 1_000_000, 0.5), 0)
  })

  it('names the option that cannot be', () => {
    const wrong = {
      immediate: -1,
      firstMs: 0,
      maxMs: 50,
      factor: 0.5,
      jitter: 2,
      resetMs: Number.NaN,
    }
    for (const [option, value] of Object.entries(wrong)) {
      assert.throws(
        () => checkBackoff({ [option]: value }, 'backoff'),
        (error) => TroupeError.is(error, 'OPTION_INVALID') && error.message.includes(option),
        option,
      )
    }
    assert.deepEqual(checkBackoff(undefined, 'backoff'), BACKOFF_DEFAULTS)
  })
})
