/**
 * packet/decode, for as long as it is given: random bytes and damaged packets have one verdict.
 *
 * Seed and time come from `npm run soak`.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodePacket, encodePacket } from '#traffic/packet/decode'
import { REJECT_CAUSES } from '#traffic/packet/verdict'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 2

const good = encodePacket({ id: 'bus-1', longitude: -97.7, latitude: 30.2, emergency: false })

/** A good packet with some bytes changed, cut off or added. */
const damaged = fc
  .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
  .chain((changes) =>
    fc.tuple(fc.constant(changes), fc.nat(good.length), fc.uint8Array({ maxLength: 8 })),
  )
  .map(([changes, kept, added]) => {
    const bytes = Uint8Array.from(good)
    for (const [place, value] of changes) bytes[place] = value
    return Buffer.concat([bytes.subarray(0, kept), added])
  })

function oneVerdict(bytes: Uint8Array): void {
  const verdict = decodePacket(bytes)
  if (verdict.kind === 'rejected') {
    assert.ok(REJECT_CAUSES.includes(verdict.cause))
    return
  }
  const { latitude, longitude, id } = verdict.position
  assert.ok(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && id.length > 0)
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
