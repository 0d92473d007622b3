/**
 * ports/sse/decode, for as long as it is given: it agrees with the plain decoder.
 *
 * Seed and time come from `npm run soak`.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { anyReads, decodedStream } from '#test/unit/ports/sse/any-stream'
import { plainStream } from '#test/unit/ports/sse/plain-stream'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 2

describe('any event stream', () => {
  it('is read as the plain decoder reads it', () => {
    const property = fc.property(anyReads, (reads) => {
      const { fault, ...decoded } = decodedStream(reads)
      assert.equal(fault, undefined)
      assert.deepEqual(decoded, plainStream(Buffer.concat(reads)))
    })
    fc.assert(property, {
      seed,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: timeMs,
    })
  })
})
