/**
 * cluster/registrar/across/frame: nothing is read of a datagram that proves nothing.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import {
  readDigested,
  readFind,
  readFound,
  readNotice,
  readPage,
} from '#cluster/registrar/across/bodies'
import {
  type AcrossFrame,
  BODY_BYTES_MAX,
  DATAGRAM_BYTES_MAX,
  readFrame,
  writeFrame,
} from '#cluster/registrar/across/frame'
import { readTable, writeTable } from '#cluster/registrar/across/table-text'
import { applicationOf, KEY, routeOf } from './town.js'

const FRAME: AcrossFrame = {
  kind: 'find',
  nonce: Uint8Array.from({ length: 16 }, (_, at) => at),
  sender: Buffer.alloc(16, 7).toString('base64'),
  stampMs: 1_763_000_000_123,
  body: Uint8Array.of(1, 2, 3),
}

describe('a frame', () => {
  it('is read as it was written', () => {
    assert.deepEqual(readFrame(KEY, writeFrame(KEY, FRAME)), { cause: 'read', frame: FRAME })
  })

  it('is unproven when any one bit of it is another', () => {
    const whole = writeFrame(KEY, FRAME)
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const bytes = Uint8Array.from(whole)
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
      assert.notEqual(readFrame(KEY, bytes).cause, 'read', `bit ${bit}`)
    }
  })

  it('is unproven with another key, and malformed when it is cut or too long', () => {
    const whole = writeFrame(KEY, FRAME)
    assert.equal(readFrame(new Uint8Array(32), whole).cause, 'unproven')
    for (let length = 0; length < whole.length; length += 1) {
      assert.notEqual(readFrame(KEY, whole.subarray(0, length)).cause, 'read')
    }
    const long = writeFrame(KEY, { ...FRAME, body: new Uint8Array(BODY_BYTES_MAX + 1) })
    assert.equal(readFrame(KEY, long).cause, 'malformed')
    const longest = writeFrame(KEY, { ...FRAME, body: new Uint8Array(BODY_BYTES_MAX) })
    assert.equal(longest.length, DATAGRAM_BYTES_MAX)
    assert.equal(readFrame(KEY, longest).cause, 'read')
  })

  it('of hostile bytes is never read and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_500 }), (bytes) => {
        assert.notEqual(readFrame(KEY, bytes).cause, 'read')
        const masked = Uint8Array.from(bytes)
        masked.set(writeFrame(KEY, FRAME).subarray(0, Math.min(bytes.length, 6)))
        assert.notEqual(readFrame(KEY, masked).cause, 'read')
      }),
      { numRuns: 300, seed: 4 },
    )
  })
})

describe('a proven body', () => {
  it('of hostile bytes is read as nothing, or as what can be kept', () => {
    const readers = [readFind, readFound, readDigested, readPage, readNotice, readTable]
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: BODY_BYTES_MAX, size: 'max' }), (bytes) => {
        for (const read of readers) assert.doesNotThrow(() => read(bytes))
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  it('of hostile JSON gives no route that is not one', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const found = readFound(Buffer.concat([Uint8Array.of(1), Buffer.from(text)]))
        assert.equal(found, undefined)
      }),
      { numRuns: 300, seed: 6 },
    )
  })

  it('that unpacks to more than it may is no table', () => {
    const { bytes } = writeTable({ isWhole: true, nodes: [], gone: [] })
    assert.deepEqual(readTable(bytes), { isWhole: true, nodes: [], gone: [], refused: 0 })
    const bomb = bombOf(64)
    assert.ok(bomb.length < 100_000)
    assert.equal(readTable(bomb), undefined)
  })

  it('leaves out nodes that are none and keeps the others', () => {
    const good = { route: routeOf('b@two', '10.0.0.2'), applications: [applicationOf('shop')] }
    const evil: unknown[] = [
      ...[null, 7, 'x', [], {}, { route: good.route }, { applications: [] }],
      { ...good, route: { ...good.route, node: 'no name' } },
      { ...good, route: { ...good.route, creation: -1 } },
      { ...good, route: { ...good.route, state: '__proto__' } },
    ]
    const { bytes } = writeTable({
      isWhole: true,
      nodes: [...(evil as (typeof good)[]), good],
      gone: [],
    })
    const table = readTable(bytes)
    assert.deepEqual(table?.nodes, [good])
    assert.equal(table?.refused, evil.length)
  })
})

/** A table of so many megabytes of blanks. */
function bombOf(megabytes: number): Uint8Array {
  const nodes = [{ route: ' '.repeat(megabytes * 1_048_576) }] as unknown as never[]
  return deflateRawSync(JSON.stringify({ nodes, gone: [] }))
}
