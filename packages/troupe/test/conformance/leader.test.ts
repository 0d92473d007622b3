/**
 * Whoever decides who leads passes the public suite.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type LeaderSuiteOptions, leaderConformance } from 'troupe/testing'
import { memoryStage, voteStage } from './leader-stages.js'

/** A case that waits for what never comes must fail, not hang. */
const TIMEOUT_MS = 60_000

const TRIALS: Readonly<Record<string, LeaderSuiteOptions>> = {
  'a vote': { make: voteStage, lacks: { 'no-list': 'a majority needs a fixed set of voters' } },
  'the arbiter in memory': { make: memoryStage },
}

const reasonsOf = ({ lacks = {} }: LeaderSuiteOptions): ReadonlySet<string> =>
  new Set(Object.values(lacks))

for (const [name, trial] of Object.entries(TRIALS)) {
  const cases = leaderConformance(trial)
  describe(`leaders by ${name}`, { timeout: 10 * TIMEOUT_MS }, () => {
    for (const { title, run } of cases.filter(({ skip }) => skip === false)) {
      it(title, { timeout: TIMEOUT_MS }, run)
    }

    it('are spared no case without a written reason', (t) => {
      const out = cases.filter(({ skip }) => skip !== false)
      for (const { title, skip } of out) t.diagnostic(`left out: ${title}: ${skip}`)
      assert.deepEqual(new Set(out.map(({ skip }) => skip)), reasonsOf(trial))
    })
  })
}
