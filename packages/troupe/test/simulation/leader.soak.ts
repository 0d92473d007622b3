/**
 * Leader actors on hosts that fail, with as many seeds as `TROUPE_SOAK_MS` lets.
 */
import { describe, it } from 'node:test'
import { arbiter, leaderTrial, vote } from '#test/simulation/leader-trial'

const FIRST = Number(process.env['TROUPE_SEED'] ?? 1)
const SOAK_MS = Number(process.env['TROUPE_SOAK_MS'] ?? 20_000)

describe('leader actors whose hosts fail, for long', () => {
  for (const [name, decide] of Object.entries({ vote, arbiter })) {
    it(`never lead two at a time, nor two in a term: ${name}`, async (t) => {
      const endMs = performance.now() + SOAK_MS / 2
      let seed = FIRST
      let terms = 0
      for (; performance.now() < endMs; seed += 1) {
        terms += (await leaderTrial(t, seed, 4_000, decide())).terms
      }
      t.diagnostic(`seeds ${FIRST} to ${seed - 1}: ${terms} terms`)
    })
  }
})
