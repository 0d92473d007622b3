/**
 * store/record, store/seal and emergency/record under a fuzzer: what lies on disk is read as the
 * plain way reads it, and what was read can be written again.
 */
import assert from 'node:assert/strict'
import { crc32 } from 'node:zlib'
import { damagedBytes, type Fuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { decodeRecord, encodeRecord } from '#traffic/emergency/record'
import type { Report } from '#traffic/store/position-table'
import { RECORD_BYTES_MAX, readRecord, writeRecord } from '#traffic/store/record'
import { unseal } from '#traffic/store/seal'

const kept = (name: string): readonly Buffer[] =>
  keptLines(name).map((line) => Buffer.from(line, 'base64'))
const lineOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** Text of these bytes; undefined when they are no UTF-8. */
function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function plainReport(body: Uint8Array): Report | undefined {
  if (body.length < 34 || body.length > 97) return undefined
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const [flags, longitude, latitude] = [view.getUint8(0), view.getFloat64(1, true), at(9)]
  const [receivedAtMs, sequence, id] = [at(17), at(25), utf8Of(body.subarray(33))]
  function at(place: number): number {
    return view.getFloat64(place, true)
  }
  // Written so that NaN is refused too.
  const isPlace = Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90
  if (flags > 1 || !isPlace || id === undefined) return undefined
  if (![receivedAtMs, sequence].every(Number.isFinite)) return undefined
  return { position: { id, longitude, latitude, emergency: flags === 1 }, receivedAtMs, sequence }
}

const double = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 90, -90, 180, -180, 90.00001, -180.0001, Number.NaN, Infinity, 1.7e12),
)
const idBytes = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((id) => Buffer.from(id)),
  fc.nat(66).map((length) => Buffer.alloc(length, 'x')),
  fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes)),
)
const body = fc
  .record({ flags: fc.constantFrom(0, 1, 2, 128), four: fc.tuple(double, double, double, double) })
  .chain(({ flags, four }) =>
    idBytes.map((id) => {
      const head = Buffer.alloc(33)
      head[0] = flags
      for (const [at, number] of four.entries()) head.writeDoubleLE(number, 1 + 8 * at)
      return Buffer.concat([head, id])
    }),
  )

const keptBodies = kept('position-records')

export const positionFuzzer: Fuzzer<Uint8Array> = {
  corpus: 'examples/traffic/test/corpus/position-records.txt',
  kept: keptBodies,
  inputs: fc.oneof(
    { weight: 3, arbitrary: body },
    { weight: 2, arbitrary: damagedBytes(keptBodies) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 120 }) },
  ),
  judge(bytes) {
    const report = readRecord(Buffer.from(bytes))
    assert.deepEqual(report, plainReport(bytes))
    const sealed = Buffer.from(bytes)
    const isSealed = bytes.length >= 4 && crc32(sealed.subarray(4), 7) === sealed.readUInt32LE(0)
    assert.equal(unseal(7, sealed) !== undefined, isSealed)
    if (report === undefined) return
    const target = Buffer.alloc(RECORD_BYTES_MAX)
    const end = writeRecord(report, 7, target, 0)
    assert.deepEqual(unseal(7, target.subarray(0, end)), Buffer.from(bytes))
  },
  line: lineOf,
}

type Fields = Readonly<Record<string, unknown>>

function plainEmergency(bytes: Uint8Array): unknown {
  let fields: Fields
  try {
    fields = Object(JSON.parse(Buffer.from(bytes).toString('utf8'))) as Fields
  } catch {
    return undefined
  }
  const { version, id, latitude, longitude, receivedAtMs, kind, status, told } = fields
  const isOurs = version === 1 && typeof id === 'string'
  const isPlace = within(latitude, 90) && within(longitude, 180)
  if (!isOurs || !isPlace || !within(receivedAtMs, Number.MAX_VALUE)) return undefined
  const emergency = { key: 'k', id, latitude, longitude, receivedAtMs }
  if (kind === 'waiting' || kind === 'delivered') return { emergency, state: { kind } }
  const isRefused = kind === 'refused' && Number.isFinite(status) && typeof told === 'string'
  return isRefused ? { emergency, state: { kind, status, told } } : undefined
}

const within = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Math.abs(value) <= most

const odd = fc.constantFrom('null', '"x"', '1', '-1', '1e999', '91', '181', '[]', '{}', 'true', '')
const mostly = (values: readonly string[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...values) }, odd)
const json = fc
  .record({
    version: mostly(['1', '1', '2', '1.0', '"1"']),
    id: mostly(['"bus-1"', '""', '"\\ud800"', '"é"']),
    latitude: mostly(['1', '-90', '90.01', '1e-9']),
    longitude: mostly(['1', '180', '-180.01']),
    receivedAtMs: mostly(['1700000000000', '0']),
    kind: mostly(['"waiting"', '"delivered"', '"refused"', '"refused"', '"gone"']),
    status: mostly(['422', '0', '1e999']),
    told: mostly(['"no such place"', '""']),
    __proto__x: mostly(['{"version":1}']),
  })
  .map((fields) => {
    const entries = Object.entries(fields).filter(([, value]) => value !== '')
    const parts = entries.map(([key, value]) => `"${key.replace(/x$/, '')}":${value}`)
    return Buffer.from(`{${parts.join(',')}}`)
  })

const keptEmergencies = kept('emergency-records')

export const emergencyFuzzer: Fuzzer<Uint8Array> = {
  corpus: 'examples/traffic/test/corpus/emergency-records.txt',
  kept: keptEmergencies,
  inputs: fc.oneof(
    { weight: 3, arbitrary: json },
    { weight: 2, arbitrary: damagedBytes(keptEmergencies) },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  ),
  judge(bytes) {
    const record = decodeRecord('k', bytes)
    assert.deepEqual(record, plainEmergency(bytes))
    if (record === undefined) return
    // JSON has no zero below zero.
    const again = JSON.stringify(decodeRecord('k', encodeRecord(record)))
    assert.equal(again, JSON.stringify(record))
  },
  line: lineOf,
}
