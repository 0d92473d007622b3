/**
 * packet/decode, for as long as it is given: random bytes and damaged packets have one verdict.
 *
 * Seed and time come from `npm run soak`.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { keptLine, keptPackets } from '#test/packet/corpus'
import { decodePacket } from '#traffic/packet/decode'
import { REJECT_CAUSES } from '#traffic/packet/verdict'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 2

const KEPT = keptPackets().map(({ bytes }) => bytes)

/** The beginning of a kept packet and the end of another, some bytes changed or put between. */
const damaged = fc
  .record({
    first: fc.constantFrom(...KEPT),
    second: fc.constantFrom(...KEPT),
    cuts: fc.tuple(fc.nat(200), fc.nat(200)),
    changes: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
    between: fc.uint8Array({ maxLength: 8 }),
  })
  .map(({ first, second, cuts, changes, between }) => {
    const [begun, ended] = [first.subarray(0, cuts[0]), second.subarray(cuts[1])]
    const bytes = Buffer.concat([begun, between, ended])
    for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value
    return bytes
  })

function oneVerdict(bytes: Uint8Array): void {
  const verdict = decodePacket(bytes)
  if (verdict.kind === 'rejected') {
    assert.ok(REJECT_CAUSES.includes(verdict.cause), keptLine(verdict.cause, bytes))
    return
  }
  const { latitude, longitude, id } = verdict.position
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  assert.ok(isPlace && id.length > 0, keptLine('position', bytes))
}

describe('any bytes', () => {
  it('have one verdict', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 1_200 }), damaged)
    const property = fc.property(bytes, oneVerdict)
    fc.assert(property, {
      seed,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: timeMs,
    })
  })
})
