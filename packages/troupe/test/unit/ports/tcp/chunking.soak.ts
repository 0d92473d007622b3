/**
 * ports/tcp/chunk-decoder, for as long as it is given: it agrees with the plain decoder.
 *
 * Seed and time come from `npm run soak`.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { anyChunking, anyReads, decodedChunks } from '#test/unit/ports/tcp/any-chunks'
import { plainChunks } from '#test/unit/ports/tcp/plain-chunks'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 2

describe('any stream', () => {
  it('is cut as the plain decoder cuts it', () => {
    const property = fc.property(anyChunking, anyReads, (chunking, reads) => {
      assert.deepEqual(decodedChunks(chunking, reads), plainChunks(chunking, reads.flat()))
    })
    fc.assert(property, {
      seed,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: timeMs,
    })
  })
})
