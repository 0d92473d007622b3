/**
 * Whole clusters, seed after seed, for as long as it is given; 10,000 seeds take about an hour.
 */
import { describe, it } from 'node:test'
import { seedPasses } from './cluster-seeds.js'

const SEEDS_MAX = 10_000
const first = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Number(process.env['TROUPE_SOAK_MS'] ?? 60_000)

describe('a simulated cluster', () => {
  it('keeps every promise, seed after seed', async (t) => {
    const endMs = performance.now() + timeMs
    let seed = first
    for (; seed < first + SEEDS_MAX && performance.now() < endMs; seed += 1) await seedPasses(seed)
    t.diagnostic(`seeds ${first} to ${seed - 1}`)
  })
})
