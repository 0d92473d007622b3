/** packet/decode: every datagram has one verdict, whatever its bytes. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { REAL_PACKET } from '#test/samples'
import { decodePacket, encodePacket, PACKET_BYTES_MAX } from '#traffic/packet/decode'
import { ID_BYTES_MAX } from '#traffic/packet/position'
import { REJECT_CAUSES, type RejectCause } from '#traffic/packet/verdict'

const packr = new Packr({ useRecords: false, variableMapSize: true })
const pack = (value: unknown): Buffer => packr.pack(value)
const GOOD = { ID: 'bus-1', Lon: -97.7, Lat: 30.2, Emergency: false }

const bytesOf = (...numbers: number[]): Uint8Array => Uint8Array.from(numbers)
const rejects = (bytes: Uint8Array, cause: RejectCause): void => {
  assert.deepEqual(decodePacket(bytes), { kind: 'rejected', cause })
}
const positionIn = (bytes: Uint8Array) => {
  const verdict = decodePacket(bytes)
  assert.equal(verdict.kind, 'position')
  return verdict.kind === 'position' ? verdict.position : assert.fail('no position')
}

/** Any position that the rules allow. */
const position = fc.record({
  id: fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: ID_BYTES_MAX })
    .filter((id) => Buffer.byteLength(id) <= ID_BYTES_MAX),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  emergency: fc.boolean(),
})

describe('a packet', () => {
  it('of the article says which vehicle is where', () => {
    assert.deepEqual(positionIn(REAL_PACKET), {
      id: '4e091396-62ae-4f3b-8715-7b4fc9c64d14',
      longitude: -77.32020642719667,
      latitude: -36.477359202898015,
      emergency: false,
    })
  })

  it('comes back as it was encoded, for every position there can be', () => {
    fc.assert(
      fc.property(position, (given) => {
        const { longitude, latitude, ...rest } = positionIn(encodePacket(given))
        assert.deepEqual(rest, { id: given.id, emergency: given.emergency })
        // Negative zero may come back as zero; they are the same place.
        assert.ok(longitude === given.longitude && latitude === given.latitude)
      }),
    )
  })

  it('is written byte for byte as a vehicle of the article writes it', () => {
    const again = Buffer.from(encodePacket(positionIn(REAL_PACKET)))
    assert.equal(again.toString('hex'), REAL_PACKET.toString('hex'))
  })

  it('may have its keys in any order and whole numbers of any type', () => {
    const { Emergency, ID } = GOOD
    assert.equal(positionIn(pack({ Emergency, Lat: 30, Lon: -97, ID })).latitude, 30)
    assert.equal(positionIn(pack({ ...GOOD, Lat: 30n })).latitude, 30)
    const float32 = new Packr({ useFloat32: 1, useRecords: false })
    assert.equal(positionIn(Buffer.from(float32.pack({ ...GOOD, Lat: 30.5 }))).latitude, 30.5)
  })

  it('may be a map written in the 16-bit or the 32-bit form', () => {
    const body = pack(GOOD).subarray(1)
    assert.equal(positionIn(Buffer.concat([bytesOf(0xde, 0, 4), body])).id, 'bus-1')
    assert.equal(positionIn(Buffer.concat([bytesOf(0xdf, 0, 0, 0, 4), body])).id, 'bus-1')
  })

  it('may stand on the edge of the globe and have the longest id', () => {
    const id = 'ü'.repeat(ID_BYTES_MAX / 2)
    const edge = positionIn(pack({ ...GOOD, ID: id, Lon: 180, Lat: -90 }))
    assert.deepEqual(edge, { id, longitude: 180, latitude: -90, emergency: false })
  })
})

describe('a datagram that is no position', () => {
  it('is rejected when it is empty or too large', () => {
    rejects(bytesOf(), 'empty')
    rejects(new Uint8Array(PACKET_BYTES_MAX + 1), 'oversize')
    rejects(Buffer.concat([pack(GOOD), new Uint8Array(PACKET_BYTES_MAX)]), 'oversize')
  })

  it('is rejected as truncated at every byte but the last', () => {
    for (let length = 1; length < REAL_PACKET.length; length += 1) {
      rejects(REAL_PACKET.subarray(0, length), 'truncated')
    }
  })

  it('is rejected when bytes follow the map', () => {
    rejects(Buffer.concat([pack(GOOD), bytesOf(0)]), 'trailing')
    rejects(Buffer.concat([pack(GOOD), pack(GOOD)]), 'trailing')
  })

  it('is rejected when a length promises more than is there, without allocating it', () => {
    rejects(bytesOf(0xdd, 0xff, 0xff, 0xff, 0xff), 'truncated')
    rejects(bytesOf(0xdf, 0xff, 0xff, 0xff, 0xff), 'truncated')
    rejects(bytesOf(0xdb, 0xff, 0xff, 0xff, 0xff), 'truncated')
    rejects(bytesOf(0xc6, 0xff, 0xff, 0xff, 0xff, 1), 'truncated')
    rejects(bytesOf(0x81, 0xa2, 0x49, 0x44, 0xdd, 0x7f, 0xff, 0xff, 0xff), 'truncated')
  })

  it('is rejected when it is another value than a map', () => {
    for (const value of [null, 1, 'ID', true, [1, 2], 1.5]) rejects(pack(value), 'not-a-map')
    rejects(Buffer.from('\n'), 'not-a-map')
  })

  it('is rejected when its bytes are not MessagePack', () => {
    rejects(bytesOf(0xc1), 'malformed')
    rejects(Buffer.concat([bytesOf(0x81, 0xa2, 0xff, 0xfe), bytesOf(0x01)]), 'malformed')
    rejects(Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'trailing')
  })

  it('is rejected when it holds an extension type', () => {
    rejects(pack({ ...GOOD, Lat: new Date(0) }), 'extension')
    rejects(bytesOf(0xc7, 1, 0x72, 0), 'extension')
    rejects(bytesOf(0xd4, 0x72, 0x40), 'extension')
  })

  it('is rejected when it is nested deeper than it need be', () => {
    rejects(new Uint8Array(PACKET_BYTES_MAX).fill(0x91), 'nested')
    rejects(new Uint8Array(PACKET_BYTES_MAX).fill(0x81), 'nested')
    rejects(pack({ ...GOOD, Lat: [[[[[1]]]]] }), 'nested')
  })

  it('is rejected when a key is missing, extra or there twice', () => {
    for (const key of Object.keys(GOOD)) {
      const rest = Object.entries(GOOD).filter(([name]) => name !== key)
      rejects(pack(Object.fromEntries(rest)), 'missing-key')
    }
    rejects(bytesOf(0x80), 'missing-key')
    rejects(pack({ ...GOOD, Speed: 3 }), 'extra-key')
    rejects(pack(new Map<unknown, unknown>([...Object.entries(GOOD), [7, 1]])), 'extra-key')
    const twice = Buffer.concat([bytesOf(0x85), pack(GOOD).subarray(1), pack('ID'), pack('b')])
    rejects(twice, 'duplicate-key')
  })

  it('cannot reach the prototype of anything', () => {
    const hostile = JSON.parse('{"__proto__":{"Emergency":true},"constructor":1,"ID":"x"}')
    rejects(pack(new Map<unknown, unknown>(Object.entries(hostile))), 'extra-key')
    assert.equal('Emergency' in {}, false)
    const { ID, Lon, Lat } = GOOD
    rejects(
      pack(
        new Map<unknown, unknown>([
          ['__proto__', { Emergency: true }],
          ...Object.entries({ ID, Lon, Lat }),
        ]),
      ),
      'extra-key',
    )
  })

  it('is rejected when a value has another type', () => {
    rejects(pack({ ...GOOD, ID: 7 }), 'wrong-type')
    rejects(pack({ ...GOOD, ID: Buffer.from('bus-1') }), 'wrong-type')
    rejects(pack({ ...GOOD, Lon: '1' }), 'wrong-type')
    rejects(pack({ ...GOOD, Lat: null }), 'wrong-type')
    rejects(pack({ ...GOOD, Lat: [1] }), 'wrong-type')
    rejects(pack({ ...GOOD, Emergency: 0 }), 'wrong-type')
  })

  it('is rejected when its id has no bytes or too many', () => {
    rejects(pack({ ...GOOD, ID: '' }), 'id-length')
    rejects(pack({ ...GOOD, ID: 'x'.repeat(ID_BYTES_MAX + 1) }), 'id-length')
    rejects(pack({ ...GOOD, ID: `x${'ü'.repeat(ID_BYTES_MAX / 2)}` }), 'id-length')
  })

  it('is rejected when it is nowhere on the globe', () => {
    rejects(pack({ ...GOOD, Lon: Number.NaN }), 'not-finite')
    rejects(pack({ ...GOOD, Lat: Number.POSITIVE_INFINITY }), 'not-finite')
    rejects(pack({ ...GOOD, Lat: Number.NEGATIVE_INFINITY }), 'not-finite')
    rejects(pack({ ...GOOD, Lat: 90.000001 }), 'out-of-range')
    rejects(pack({ ...GOOD, Lon: -180.000001 }), 'out-of-range')
    rejects(pack({ ...GOOD, Lon: 2n ** 63n }), 'out-of-range')
  })
})

describe('any bytes', () => {
  const isVerdict = (bytes: Uint8Array): boolean => {
    const verdict = decodePacket(bytes)
    return verdict.kind === 'position' || REJECT_CAUSES.includes(verdict.cause)
  }

  it('have a verdict when they are garbage', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), isVerdict), { numRuns: 5_000 })
  })

  it('have a verdict when they are any MessagePack value', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: false }), (value) => isVerdict(pack(value))))
  })

  it('have a verdict when they are a good packet with a few bytes changed', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
    const changed = fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
      const bytes = Uint8Array.from(REAL_PACKET)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
    fc.assert(fc.property(changed, isVerdict), { numRuns: 5_000 })
  })

  it('are never changed by decoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const before = Uint8Array.from(bytes)
        decodePacket(bytes)
        assert.ok(Buffer.from(before).equals(bytes))
      }),
    )
  })
})
