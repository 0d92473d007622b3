/**
 * Whole clusters keep every promise between nodes whatever befalls them, seed after seed.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runTrial } from '#testing/simulation/cluster-trial'
import { seedPasses } from './cluster-seeds.js'

/** Each takes half a second of work; `npm run soak` goes on from there. */
const SEEDS = 40

describe('a simulated cluster', () => {
  it('does exactly the same again for the same seed', async () => {
    for (const scenario of ['crashes', 'deaths', 'resets', 'weather']) {
      const options = { seed: 4_711, scenario, transcriptMax: 1_000_000 }
      const first = await runTrial(options)
      const again = await runTrial(options)
      assert.ok(first.transcript.length > 1_000)
      assert.deepEqual(again.transcript, first.transcript)
    }
  })

  it('befalls each cluster with ten faults of every kind, and does enough', async () => {
    for (const scenario of ['mix', 'deaths', 'clocks']) {
      const { faults, kinds, messages, calls, relations } = await runTrial({ seed: 3, scenario })
      for (const kind of kinds) assert.ok((faults.get(kind) ?? 0) >= 10, kind)
      assert.ok(kinds.length > 0)
      assert.ok(messages >= 2_000)
      assert.ok(calls >= 100)
      assert.ok(relations >= 50)
    }
  })

  it(`keeps order, loses nothing silently and heals: ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) await seedPasses(seed)
  })
})
