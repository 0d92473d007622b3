/**
 * Leaders by an etcd in memory hold what leaders by a vote hold: the same suite.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { leaderConformance } from 'troupe/testing'
import { memoryStage } from './conformance-stages.js'

/** A case that waits for what never comes must fail, not hang. */
const TIMEOUT_MS = 60_000

const cases = leaderConformance({ make: memoryStage })

describe('leaders by an etcd in memory', { timeout: 10 * TIMEOUT_MS }, () => {
  for (const { title, run } of cases) it(title, { timeout: TIMEOUT_MS }, run)

  it('are spared no case', () => {
    assert.deepEqual(
      cases.filter(({ skip }) => skip !== false),
      [],
    )
  })
})
