/**
 * Voters keep every promise whatever befalls them, seed after seed.
 */
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ELECTION_SCENARIOS } from '#testing/simulation/election-faults'
import { runElectionTrial } from '#testing/simulation/election-trial'
import { electionSeedPasses } from './election-seeds.js'

const SEEDS = 110
/** Each of them has found a fault that others did not find before it. */
const KEPT = [147, 163, 166, 169, 223, 253, 415, 607, 679, 1_713, 2_334, 3_779, 25_288]

describe('simulated voters', () => {
  // What has failed is reported before the next test takes its seconds.
  afterEach(() => turn())

  // First what finds most: a planted fault is left at the first failure.
  it(`never have two leaders, and soon one where all is well: ${SEEDS} seeds`, () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) electionSeedPasses(seed)
  })

  it('keep every promise in the stories that have found a fault', () => {
    for (const seed of KEPT) electionSeedPasses(seed)
  })

  it('do exactly the same again for the same seed', () => {
    for (const scenario of ['mix', 'plots', 'forgetting']) {
      const options = { seed: 4_711, scenario, transcriptMax: 1_000_000 }
      const first = runElectionTrial(options)
      assert.ok(first.transcript.length > 20)
      assert.deepEqual(runElectionTrial(options), first)
    }
  })

  it('have leaders in every scenario, and lose them where they should', () => {
    for (const scenario of Object.keys(ELECTION_SCENARIOS)) {
      const leaders = [1, 2, 3, 4].flatMap((seed) => runElectionTrial({ seed, scenario }).leaders)
      assert.ok(leaders.length >= (scenario === 'flapping' ? 4 : 8), scenario)
    }
  })
})
