/**
 * network/codec/rare-reading: values that are met less often: long texts, new shapes, maps, sets,
 * dates, bigints, binaries, errors, addresses, and objects with a codec.
 *
 * One function for each tag; a tag without one is refused.
 */
import { Alias, describeThrown, eventName, NodeName, processName, Ref } from '#contract'
import { binaryOf, binaryWidthOf } from './binary.js'
import type { Decoder } from './decoder.js'
import { readError } from './error-reading.js'
import {
  ALIAS,
  ARRAY,
  BIGINT,
  BINARY,
  CUSTOM,
  DATE,
  ERROR,
  EVENT_NAME,
  HEAVY,
  MAP,
  NODE_NAME,
  OBJECT,
  OBJECT_BARE,
  PID,
  PROCESS_NAME,
  REF,
  SET,
  SHAPE,
  SHAPE_NEW,
  UTF8_LONG,
  UTF16,
} from './tag.js'

type Read = (decoder: Decoder) => unknown

const READS: ReadonlyMap<number, Read> = new Map<number, Read>([
  [UTF8_LONG, (decoder) => decoder.utf8(decoder.textLength())],
  [UTF16, (decoder) => decoder.utf16(decoder.textLength())],
  [ARRAY, (decoder) => decoder.array(decoder.length())],
  [SHAPE, (decoder) => decoder.shaped(decoder.int16() & 0xffff)],
  [SHAPE_NEW, (decoder) => decoder.newShape()],
  [OBJECT, (decoder) => decoder.named({})],
  [OBJECT_BARE, (decoder) => decoder.named(Object.create(null))],
  [MAP, readMap],
  [SET, readSet],
  [DATE, readDate],
  [BIGINT, readBigint],
  [BINARY, readBinary],
  [ERROR, readErrorWithin],
  [PID, (decoder) => decoder.pid()],
  [REF, (decoder) => Ref.of(decoder.name(), decoder.uint(), decoder.uint())],
  [ALIAS, (decoder) => Alias.of(decoder.name(), decoder.uint(), decoder.uint())],
  [PROCESS_NAME, (decoder) => processName(decoder.name(), undefined, readNode(decoder))],
  [EVENT_NAME, (decoder) => eventName(decoder.name(), readNode(decoder))],
  [NODE_NAME, (decoder) => NodeName.of(decoder.name())],
  [CUSTOM, readCustom],
])

/** True for the tags that begin an address. */
export const isAddressTag = (tag: number): boolean => tag >= PID && tag <= NODE_NAME

/** The value behind a tag that `Decoder.read` leaves to others. */
export function readRare(decoder: Decoder, tag: number): unknown {
  const read = READS.get(tag)
  return read === undefined ? decoder.fail(`the tag ${tag} is unknown`) : read(decoder)
}

function readMap(decoder: Decoder): Map<unknown, unknown> {
  const count = decoder.length()
  if (count * 2 > decoder.end - decoder.position) {
    decoder.fail('a map is longer than the bytes that are left')
  }
  decoder.enter(HEAVY)
  const map = new Map<unknown, unknown>()
  for (let i = 0; i < count; i += 1) {
    const key = decoder.read()
    map.set(key, decoder.read())
  }
  decoder.leave()
  return map
}

function readSet(decoder: Decoder): Set<unknown> {
  const count = decoder.length()
  if (count > decoder.end - decoder.position) {
    decoder.fail('a set is longer than the bytes that are left')
  }
  decoder.enter(HEAVY)
  const set = new Set<unknown>()
  for (let i = 0; i < count; i += 1) set.add(decoder.read())
  decoder.leave()
  return set
}

function readDate(decoder: Decoder): Date {
  decoder.enter()
  const date = new Date(decoder.float())
  decoder.leave()
  return date
}

function readBigint(decoder: Decoder): bigint {
  const code = decoder.uint()
  const bytes = Math.floor(code / 2)
  if (bytes > decoder.limits.bigintBytesMax) decoder.fail('a bigint is too long')
  const magnitude = BigInt(`0x0${decoder.slice(bytes).toString('hex')}`)
  return code % 2 === 1 ? -magnitude : magnitude
}

function readBinary(decoder: Decoder): unknown {
  const kind = decoder.byte()
  const length = decoder.uint()
  const width = binaryWidthOf(kind)
  if (width === undefined) return decoder.fail(`the kind of binary ${kind} is unknown`)
  if (length % width !== 0) decoder.fail('a binary ends within an element')
  decoder.enter(HEAVY)
  const made = binaryOf(kind, decoder.slice(length), decoder.mayShare)
  decoder.leave()
  return made
}

function readErrorWithin(decoder: Decoder): Error {
  decoder.enter(HEAVY)
  const error = readError(decoder)
  decoder.leave()
  return error
}

function readNode(decoder: Decoder): string | undefined {
  switch (decoder.byte()) {
    case 0:
      return undefined
    case 1:
      return decoder.name()
    default:
      return decoder.fail('a name has neither a node nor none')
  }
}

function readCustom(decoder: Decoder): unknown {
  const name = decoder.name()
  decoder.enter()
  const data = decoder.read()
  decoder.leave()
  const codec = decoder.codecs.named(name)
  if (codec === undefined) return decoder.refuse(name, 'is not known here')
  try {
    return codec.decode(data)
  } catch (thrown) {
    return decoder.refuse(name, `could not decode a value: ${describeThrown(thrown)}`)
  }
}
