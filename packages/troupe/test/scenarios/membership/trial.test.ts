/**
 * A mesh whatever befalls it holds of each node what is so, seed after seed.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runTrial } from './trial.js'

const SEEDS = 25
/** Seeds that have failed once: they are kept. */
const KEPT: readonly number[] = []

describe('the members of a mesh', () => {
  it(`are held for what they are whatever befalls them: ${SEEDS} seeds`, async () => {
    for (const seed of [...KEPT, ...Array.from({ length: SEEDS }, (_, i) => i + 1)]) {
      const { violations } = await runTrial(seed)
      assert.deepEqual(violations.slice(0, 5), [], `seed ${seed} fails`)
    }
  })
})
