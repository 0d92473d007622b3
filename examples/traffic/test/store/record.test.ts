/** store/record and store/seal: what is read is what was written, or nothing. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ID_BYTES_MAX } from '#traffic/packet/position'
import type { Report } from '#traffic/store/position-table'
import { RECORD_BYTES_MAX, readRecord, writeRecord } from '#traffic/store/record'
import { seal, sealKey, unseal } from '#traffic/store/seal'

const reports: fc.Arbitrary<Report> = fc.record({
  position: fc.record({
    id: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 64 })
      .filter((id) => Buffer.byteLength(id) <= ID_BYTES_MAX),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    emergency: fc.boolean(),
  }),
  receivedAtMs: fc.integer({ min: 0, max: 2 ** 45 }),
  sequence: fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }),
})

const written = (report: Report, slot: number): Buffer => {
  const target = Buffer.alloc(RECORD_BYTES_MAX)
  return target.subarray(0, writeRecord(report, slot, target, 0))
}

describe('a record', () => {
  it('reads as it was written', () => {
    fc.assert(
      fc.property(reports, fc.nat({ max: 2 ** 32 - 1 }), (report, slot) => {
        const body = unseal(sealKey(slot), written(report, slot))
        assert.ok(body !== undefined)
        assert.equal(JSON.stringify(readRecord(body)), JSON.stringify(report))
      }),
    )
  })

  it('is refused with any bit flipped, cut short, or under the key of another', () => {
    const one = written(
      {
        position: { id: 'bus-1', longitude: 1, latitude: 2, emergency: false },
        receivedAtMs: 1_700_000_000_000,
        sequence: 7,
      },
      5,
    )
    const accepted = (bytes: Buffer, slot: number) => unseal(sealKey(slot), bytes) !== undefined
    assert.ok(accepted(one, 5))
    assert.ok(!accepted(one, 6))
    for (let bit = 0; bit < 8 * one.length; bit += 1) {
      const flipped = Buffer.from(one)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.ok(!accepted(flipped, 5), `bit ${bit}`)
    }
    for (let length = 0; length < one.length; length += 1) {
      assert.ok(!accepted(one.subarray(0, length), 5), `${length} bytes`)
    }
  })

  it('that says what no packet can is refused, whatever its seal', () => {
    const good = written(
      {
        position: { id: 'a', longitude: 1, latitude: 2, emergency: false },
        receivedAtMs: 1,
        sequence: 1,
      },
      0,
    ).subarray(4)
    const wrong = (at: number, value: number) => {
      const body = Buffer.from(good)
      body.writeDoubleLE(value, at)
      return body
    }
    assert.ok(readRecord(good) !== undefined)
    assert.equal(readRecord(wrong(1, 181)), undefined)
    assert.equal(readRecord(wrong(9, Number.NaN)), undefined)
    assert.equal(readRecord(wrong(17, Infinity)), undefined)
    assert.equal(readRecord(wrong(25, Number.NaN)), undefined)
    assert.equal(readRecord(Buffer.concat([Buffer.of(2), good.subarray(1)])), undefined)
    assert.equal(readRecord(good.subarray(0, 33)), undefined)
    assert.equal(readRecord(Buffer.concat([good, Buffer.of(0xff)])), undefined)
    assert.equal(readRecord(Buffer.concat([good, Buffer.alloc(64)])), undefined)
  })

  it('never throws, whatever bytes there are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        readRecord(Buffer.from(bytes))
        unseal(sealKey(1), Buffer.from(bytes))
      }),
    )
  })
})

describe('a seal', () => {
  it('gives back the body under the key it was made for', () => {
    const body = Buffer.from('anything')
    assert.deepEqual(unseal(sealKey('key'), seal(sealKey('key'), body)), body)
    assert.equal(unseal(sealKey('kez'), seal(sealKey('key'), body)), undefined)
  })
})
