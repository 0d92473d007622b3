/**
 * network/codec/rare-writing: everything that is no plain data: bigints, dates, maps, sets,
 * binaries, errors, addresses that are objects of a class, and objects with a codec.
 *
 * Throws UNSUPPORTED for the rest; `unsupportedProblem` finds out afterwards what it was.
 */
import { TroupeError } from '#contract'
import { isAddress, writeAddress } from './address-writing.js'
import { binaryKindOf, bytesOf } from './binary.js'
import type { Encoder } from './encoder.js'
import {
  BIGINT,
  BINARY,
  CUSTOM,
  DATE,
  ERROR,
  ERROR_CAUSE,
  ERROR_CODE,
  ERROR_DETAIL,
  ERROR_MANY,
  ERROR_STACK,
  HEAVY,
  MAP,
  OBJECT_BARE,
  SET,
} from './tag.js'
import { UNSUPPORTED } from './unsupported.js'

type Fields = Readonly<Record<string, unknown>>

/** Writes what has neither the prototype of plain objects nor that of arrays. */
export function writeRare(encoder: Encoder, value: unknown): void {
  if (typeof value === 'bigint') return writeBigint(encoder, value)
  if (typeof value !== 'object' || value === null) throw UNSUPPORTED
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null) return writeBare(encoder, value as Fields)
  if (prototype === Map.prototype) return writeMap(encoder, value as Map<unknown, unknown>)
  if (prototype === Set.prototype) return writeSet(encoder, value as Set<unknown>)
  if (prototype === Date.prototype) return writeDate(encoder, value as Date)
  const kind = binaryKindOf(value, prototype)
  if (kind !== undefined) return writeBinary(encoder, kind, value as ArrayBuffer)
  const codec = encoder.codecs.of(value)
  if (codec !== undefined) return writeCustom(encoder, codec.name, codec.encode(value))
  if (value instanceof Error) return writeError(encoder, value)
  if (isAddress(value)) return writeAddress(encoder, value)
  if (Array.isArray(value) && isForeign(prototype, 'Array')) return encoder.array(value)
  if (isForeign(prototype, 'Object')) return encoder.plain(value as Fields)
  throw UNSUPPORTED
}

/** The prototype of plain objects or arrays of another realm, such as a `node:vm` context. */
function isForeign(prototype: object, name: string): boolean {
  const parent: object | null = Object.getPrototypeOf(prototype)
  const isRoot = name === 'Object' ? parent === null : isForeign(parent ?? prototype, 'Object')
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return isRoot && typeof made === 'function' && made.name === name && isNativeCode(made)
}

const isNativeCode = (made: object): boolean =>
  Function.prototype.toString.call(made).endsWith('{ [native code] }')

function writeBigint(encoder: Encoder, value: bigint): void {
  const isNegative = value < 0n
  const digits = (isNegative ? -value : value).toString(16)
  const bytes = (digits.length + 1) >> 1
  if (bytes > encoder.limits.bigintBytesMax) throw UNSUPPORTED
  encoder.byte(BIGINT)
  encoder.uint(bytes * 2 + (isNegative ? 1 : 0))
  encoder.bytes(Buffer.from(digits.padStart(bytes * 2, '0'), 'hex'))
}

function writeBare(encoder: Encoder, value: Fields): void {
  const keys = Object.keys(value)
  if (keys.includes('__proto__')) throw UNSUPPORTED
  encoder.named(OBJECT_BARE, value, keys)
}

function writeMap(encoder: Encoder, map: Map<unknown, unknown>): void {
  encoder.enter(HEAVY)
  const { size } = map
  encoder.tagged(MAP, size)
  let count = 0
  for (const [key, value] of map) {
    encoder.write(key)
    encoder.write(value)
    count += 1
  }
  if (count !== size) throw UNSUPPORTED
  encoder.leave()
}

function writeSet(encoder: Encoder, set: Set<unknown>): void {
  encoder.enter(HEAVY)
  const { size } = set
  encoder.tagged(SET, size)
  let count = 0
  for (const value of set) {
    encoder.write(value)
    count += 1
  }
  if (count !== size) throw UNSUPPORTED
  encoder.leave()
}

function writeDate(encoder: Encoder, date: Date): void {
  const timeMs = date.getTime()
  encoder.enter()
  encoder.byte(DATE)
  encoder.float(timeMs)
  encoder.leave()
}

function writeBinary(encoder: Encoder, kind: number, value: ArrayBuffer | ArrayBufferView): void {
  const bytes = bytesOf(value)
  encoder.enter(HEAVY)
  encoder.byte(BINARY)
  encoder.byte(kind)
  encoder.uint(bytes.length)
  encoder.bytes(bytes)
  encoder.leave()
}

function writeCustom(encoder: Encoder, name: string, data: unknown): void {
  encoder.enter()
  encoder.byte(CUSTOM)
  encoder.name(name)
  encoder.write(data)
  encoder.leave()
}

function writeError(encoder: Encoder, error: Error): void {
  const { name, message, stack, cause } = error
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown }
  const hasStack = encoder.stacks && typeof stack === 'string'
  const hasCause = Object.hasOwn(error, 'cause')
  const hasCode = typeof code === 'string' || typeof code === 'number'
  const isOurs = TroupeError.is(error)
  const isMany = error instanceof AggregateError && Array.isArray(errors)
  encoder.enter(HEAVY)
  encoder.byte(ERROR)
  encoder.byte(
    (hasStack ? ERROR_STACK : 0) |
      (hasCause ? ERROR_CAUSE : 0) |
      (hasCode ? ERROR_CODE : 0) |
      (isOurs ? ERROR_DETAIL : 0) |
      (isMany ? ERROR_MANY : 0),
  )
  encoder.string(String(name))
  encoder.string(String(message))
  if (hasStack) encoder.string(stack)
  if (hasCause) encoder.write(cause)
  if (hasCode) encoder.write(code)
  if (isOurs) encoder.write(error.detail)
  if (isMany) encoder.write(errors)
  encoder.leave()
}
