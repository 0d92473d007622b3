/**
 * start/stop-order: what each request to stop means.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOT_ASKED, onStopRequest } from '#start/stop-order'

/** The verdicts of requests at these times, in milliseconds. */
function verdicts(...timesMs: readonly number[]): readonly string[] {
  let state = NOT_ASKED
  return timesMs.map((timeMs) => {
    const [next, verdict] = onStopRequest(state, timeMs)
    state = next
    return verdict
  })
}

describe('the order to stop', () => {
  it('is passed on once', () => deepEqual(verdicts(0), ['ask']))

  it('ignores a repeat within a second', () =>
    deepEqual(verdicts(5_000, 5_000, 5_999), ['ask', 'ignore', 'ignore']))

  it('takes a repeat after a second for impatience', () =>
    deepEqual(verdicts(0, 999, 1_000), ['ask', 'ignore', 'force']))
})
