/**
 * scenarios/random-life, for as long as it is given: each seed is another life.
 *
 * Seed and time come from `npm run soak`; a failing seed replays exactly.
 */
import { describe, it } from 'node:test'
import { live } from '#test/scenarios/random-life'

const first = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 2

describe('random lives', () => {
  it('keep links, monitors, calls and counts whole, seed after seed', async (t) => {
    const endMs = performance.now() + timeMs
    let lives = 0
    for (let seed = first; performance.now() < endMs; seed += 1) {
      await live(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error })
      })
      lives += 1
    }
    t.diagnostic(`${lives} lives from seed ${first}`)
  })
})
