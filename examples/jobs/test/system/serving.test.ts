/**
 * examples/jobs/test/system/serving: how long is waited for a cluster that does not serve.
 */
import { equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { untilServing } from '#jobs/system/serving'

describe('the wait for a cluster that was started', () => {
  it('ends after fifteen seconds, however slow the answers are', async () => {
    let nowMs = 0
    let waits = 0
    const wait = async (): Promise<void> => {
      waits += 1
      nowMs += 1_000
    }
    equal(await untilServing(['none'], { nowMs: () => nowMs, wait }), 'nobody leads yet')
    ok(waits === 15, `${waits}`)
  })
})
