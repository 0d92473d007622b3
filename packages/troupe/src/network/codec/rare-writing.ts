/**
 * network/codec/rare-writing: everything that is no plain data: bigints, dates, maps, sets,
 * binaries, errors, addresses that are objects of a class, and objects with a codec.
 *
 * Throws UNSUPPORTED for the rest; `unsupportedProblem` finds out afterwards what it was.
 */
import { printed, TroupeError } from '#contract'
import { isAddress, writeAddress } from './address-writing.js'
import { binaryKindOf, binaryWidthOf, bytesOf } from './binary.js'
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
  if (typeof value === 'bigint') writeBigint(encoder, value)
  else if (typeof value === 'object' && value !== null) writeObject(encoder, value)
  else throw UNSUPPORTED
}

function writeObject(encoder: Encoder, value: object): void {
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null) writeBare(encoder, value as Fields)
  else if (prototype === Map.prototype) writeMap(encoder, value as Map<unknown, unknown>)
  else if (prototype === Set.prototype) writeSet(encoder, value as Set<unknown>)
  else if (prototype === Date.prototype) writeDate(encoder, value as Date)
  else {
    const kind = binaryKindOf(value, prototype)
    if (kind === undefined) writeInstance(encoder, value, prototype)
    else writeBinary(encoder, kind, value as ArrayBuffer)
  }
}

function writeInstance(encoder: Encoder, value: object, prototype: object): void {
  const codec = encoder.codecs.of(value)
  if (codec !== undefined) writeCustom(encoder, codec.name, codec.encode(value))
  else if (value instanceof Error) writeError(encoder, value)
  else if (isAddress(value)) writeAddress(encoder, value)
  else if (Array.isArray(value) && isForeign(prototype, 'Array')) encoder.array(value)
  else if (isForeign(prototype, 'Object')) encoder.plain(value as Fields)
  else throw UNSUPPORTED
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
  let left = size
  for (const [key, value] of map) {
    // A getter in it may add to it, for ever.
    if (left === 0) throw UNSUPPORTED
    encoder.write(key)
    encoder.write(value)
    left -= 1
  }
  if (left !== 0) throw UNSUPPORTED
  encoder.leave()
}

function writeSet(encoder: Encoder, set: Set<unknown>): void {
  encoder.enter(HEAVY)
  const { size } = set
  encoder.tagged(SET, size)
  let left = size
  for (const value of set) {
    if (left === 0) throw UNSUPPORTED
    encoder.write(value)
    left -= 1
  }
  if (left !== 0) throw UNSUPPORTED
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
  // Its prototype may have been changed to that of wider elements.
  if (bytes.length % (binaryWidthOf(kind) ?? 1) !== 0) throw UNSUPPORTED
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
  if (isOurs) encoder.write(tellable(error.detail))
  if (isMany) encoder.write(errors)
  encoder.leave()
}

/** A detail of texts and numbers, which is all that the other end takes. */
function tellable(detail: Fields): Fields {
  const told = Object.entries(detail).map(([key, value]) => [
    key,
    typeof value === 'number' ? value : printed(value),
  ])
  return Object.fromEntries(told)
}
