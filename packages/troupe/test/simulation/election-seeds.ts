/**
 * Runs stories of voters and says of a failing one how to see it again.
 */
import assert from 'node:assert/strict'
import { type ElectionTrial, runElectionTrial } from '#testing/simulation/election-trial'

/** Violations of one seed that are printed. */
const SHOWN_MAX = 5

/** One seed passes; else what was violated and the command that replays it. */
export function electionSeedPasses(seed: number): ElectionTrial {
  const trial = runElectionTrial({ seed })
  const told = trial.violations.slice(0, SHOWN_MAX).join('\n  ')
  assert.equal(
    trial.violations.length,
    0,
    `seed ${seed} fails; replay it with: npm run simulate -- --election --seed ${seed}\n  ${told}`,
  )
  return trial
}
