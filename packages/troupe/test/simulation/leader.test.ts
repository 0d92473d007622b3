/**
 * Leader actors on hosts that crash, freeze and are cut off: a few stories by seed.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { arbiter, leaderTrial } from '#test/simulation/leader-trial'

describe('leader actors whose hosts fail', () => {
  for (const seed of [1, 2, 4, 26]) {
    it(`never lead two at a time, nor two in a term: story ${seed}`, async (t) => {
      const { faults, terms } = await leaderTrial(t, seed, 4_000)
      t.diagnostic(`${faults} faults, ${terms} terms`)
      assert.ok(terms > 0)
    })
  }

  for (const seed of [1, 2, 3]) {
    it(`never lead two at a time by an arbiter that fails, too: story ${seed}`, async (t) => {
      const { faults, terms } = await leaderTrial(t, seed, 4_000, arbiter())
      t.diagnostic(`${faults} faults, ${terms} terms`)
      assert.ok(terms > 0)
    })
  }
})
