/**
 * Runs trials of whole clusters and says of a failing one how to see it again.
 */
import assert from 'node:assert/strict'
import { runTrial } from '#testing/simulation/cluster-trial'

/** Violations of one seed that are printed. */
const SHOWN_MAX = 5

/** One seed passes; else what was violated and the command that replays it. */
export async function seedPasses(seed: number): Promise<void> {
  const { violations } = await runTrial({ seed, transcriptMax: 1 })
  const told = violations.slice(0, SHOWN_MAX).join('\n  ')
  assert.equal(
    violations.length,
    0,
    `seed ${seed} fails; replay it with: npm run simulate -- --seed ${seed}\n  ${told}`,
  )
}
