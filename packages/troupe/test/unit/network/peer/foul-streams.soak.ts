/**
 * network/peer, for as long as it is given: foul nodes are served or sent away, nobody else
 * notices.
 *
 * Seed and time come from `npm run soak`. A failure prints the line to keep in the corpus.
 */
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FoulStage } from '#test/unit/network/peer/foul'
import { anyFoulStream, standsFirm } from '#test/unit/network/peer/foul-streams'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) * 0.9

describe('any stream of a foul node', () => {
  it('is read, or ends that node and no other', async () => {
    const stage = await FoulStage.open()
    const property = fc.asyncProperty(anyFoulStream, (stream) => standsFirm(stage, stream))
    await fc.assert(property, {
      seed,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: timeMs,
    })
    // The last run may go on; in virtual time it holds nothing.
  })
})
