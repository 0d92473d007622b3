/**
 * Voters, seed after seed, for as long as it is given; 100,000 seeds are some eight minutes.
 */
import { describe, it } from 'node:test'
import { electionSeedPasses } from './election-seeds.js'

const SEEDS_MAX = 100_000
const first = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Number(process.env['TROUPE_SOAK_MS'] ?? 60_000)

describe('simulated voters', () => {
  it('keep every promise, seed after seed', (t) => {
    const endMs = performance.now() + timeMs
    let leaders = 0
    let seed = first
    for (; seed < first + SEEDS_MAX && performance.now() < endMs; seed += 1) {
      leaders += electionSeedPasses(seed).leaders.length
    }
    t.diagnostic(`seeds ${first} to ${seed - 1}, ${leaders} leaders`)
  })
})
