/**
 * network/codec/error-reading: errors out of bytes, of the same class where every program has it.
 *
 * An error of Troupe whose code this version knows is a `TroupeError` again; anything else that is
 * of no common class is an `Error` with the name it had.
 */
import { type ErrorCode, type ErrorDetail, TroupeError } from '#contract'
import type { Decoder } from './decoder.js'
import {
  ERROR_CAUSE,
  ERROR_CODE,
  ERROR_DETAIL,
  ERROR_FLAGS,
  ERROR_MANY,
  ERROR_STACK,
} from './tag.js'

interface Parts {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly hasCause: boolean
  readonly cause: unknown
  readonly code: unknown
  readonly detail: unknown
  readonly errors: unknown
}

type ErrorClass = new (message: string, options?: ErrorOptions) => Error

const CLASSES: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((made) => [
    made.name,
    made,
  ]),
)
const CODES: ReadonlySet<unknown> = new Set(TroupeError.codes)

export function readError(decoder: Decoder): Error {
  const parts = readParts(decoder)
  const { stackTraceLimit } = Error
  // Where bytes are decoded is not where it was thrown, and finding out is slow. Programs may
  // have frozen the class; then it is slow.
  Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    return made(decoder, parts)
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

function readParts(decoder: Decoder): Parts {
  const flags = decoder.byte()
  if (flags > ERROR_FLAGS) decoder.fail('an error has unknown parts')
  const hasCause = (flags & ERROR_CAUSE) !== 0
  return {
    name: decoder.text(),
    message: decoder.text(),
    stack: (flags & ERROR_STACK) !== 0 ? decoder.text() : undefined,
    hasCause,
    cause: hasCause ? decoder.read() : undefined,
    code: (flags & ERROR_CODE) !== 0 ? decoder.read() : undefined,
    detail: (flags & ERROR_DETAIL) !== 0 ? decoder.read() : undefined,
    errors: (flags & ERROR_MANY) !== 0 ? decoder.read() : undefined,
  }
}

function made(decoder: Decoder, parts: Parts): Error {
  const { name, message, stack, hasCause, cause, code, detail, errors } = parts
  const isCode = code === undefined || typeof code === 'string' || typeof code === 'number'
  if (!isCode) decoder.fail('the code of an error is neither a text nor a number')
  if (detail !== undefined && !isDetail(detail)) decoder.fail('the detail of an error is no detail')
  if (errors !== undefined && !Array.isArray(errors)) decoder.fail('an error has no list of errors')
  let error: Error
  if (detail !== undefined && CODES.has(code)) {
    error = new TroupeError(code as ErrorCode, detail as ErrorDetail<ErrorCode>, cause)
  } else {
    const options = hasCause ? { cause } : undefined
    error = Array.isArray(errors)
      ? new AggregateError(errors, message, options)
      : new (CLASSES.get(name) ?? Error)(message, options)
    if (error.name !== name) setHidden(error, 'name', name)
    if (code !== undefined) Object.assign(error, { code })
    if (detail !== undefined) Object.assign(error, { detail })
  }
  setHidden(error, 'stack', stack ?? `${name}: ${error.message}`)
  return error
}

function isDetail(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((one) => typeof one === 'string' || typeof one === 'number')
}

function setHidden(error: Error, key: string, value: string): void {
  Object.defineProperty(error, key, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  })
}
