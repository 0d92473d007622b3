/**
 * What the fields of each row of the table stand for, plainly.
 */
import { Alias, eventName, NodeName, Pid, processName, Ref, TroupeError } from '#contract'
import type { CustomCodecs } from '#network/codec/custom-codecs'
import { KINDS } from '#test/unit/network/codec/plain-table'

/** Bytes that are no value. */
export class Refused extends Error {}

/** A value that was read, but may not be handed on. */
export class RefusedCodec extends Error {}

export const refuse = (problem: string): never => {
  throw new Refused(problem)
}

const ERRORS: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
}

/** Not what the table inherits: an error may be named `toString`. */
const classNamed = (name: string) => (Object.hasOwn(ERRORS, name) ? ERRORS[name] : undefined)

/** The object with these keys and values; refuses a key that comes twice, and `__proto__`. */
export function objectOf(bare: boolean, keys: readonly string[], values: readonly unknown[]) {
  const made: Record<string, unknown> = bare ? Object.create(null) : {}
  keys.forEach((key, at) => {
    if (key === '__proto__') refuse('__proto__')
    if (Object.getOwnPropertyDescriptor(made, key) !== undefined) refuse('a key twice')
    const field = { value: values[at], writable: true, enumerable: true, configurable: true }
    Object.defineProperty(made, key, field)
  })
  return made
}

export function bigintOf(code: number, magnitude: readonly number[]): bigint {
  let value = 0n
  for (const byte of magnitude) value = value * 256n + BigInt(byte)
  return code % 2 === 0 ? value : -value
}

export function binaryOf(kind: number, bytes: readonly number[]): unknown {
  const found = KINDS[kind]
  if (found === undefined || bytes.length % found.width !== 0) return refuse('binary')
  const { buffer } = Uint8Array.from(bytes)
  if (found.name === 'ArrayBuffer') return buffer
  if (found.name === 'Buffer') return Buffer.from(buffer)
  const made = (globalThis as unknown as Readonly<Record<string, new (of: ArrayBuffer) => object>>)[
    found.name
  ]
  return made === undefined ? refuse(found.name) : new made(buffer)
}

/** `parts`: name, message, stack, cause, code, detail, errors; absent ones are not in the list. */
export function errorOf(flags: number, parts: readonly unknown[]): Error {
  const left = [...parts]
  const [name, message] = [String(left.shift()), String(left.shift())]
  const stack = (flags & 1) !== 0 ? left.shift() : undefined
  const options = (flags & 2) !== 0 ? { cause: left.shift() } : {}
  const code = (flags & 4) !== 0 ? left.shift() : undefined
  const detail = (flags & 8) !== 0 ? left.shift() : undefined
  const errors = (flags & 16) !== 0 ? left.shift() : undefined
  if (flags > 31) refuse('flags')
  if (!['undefined', 'string', 'number'].includes(typeof code)) refuse('code')
  if (errors !== undefined && !Array.isArray(errors)) refuse('errors')
  if (detail !== undefined) {
    if (typeof detail !== 'object' || detail === null) refuse('detail')
    const told = Object.values(detail as object)
    if (told.some((one) => !['string', 'number'].includes(typeof one))) refuse('detail')
  }
  let error: Error
  if (detail !== undefined && (TroupeError.codes as readonly unknown[]).includes(code)) {
    error = new TroupeError(code as 'NO_ROUTE', detail as { node: string }, options.cause)
  } else {
    const fields = { ...(code !== undefined && { code }), ...(detail !== undefined && { detail }) }
    error = errors
      ? new AggregateError(errors as unknown[], message, options)
      : new (classNamed(name) ?? Error)(message, options)
    Object.assign(error, fields)
    if (error.name !== name) Object.defineProperty(error, 'name', { value: name })
  }
  if (stack !== undefined) error.stack = String(stack)
  return error
}

export function addressOf(kind: string, [name, one, two]: readonly unknown[]): unknown {
  const node = String(name)
  switch (kind) {
    case 'pid':
      return Pid.of(node, Number(one), Number(two))
    case 'ref':
      return Ref.of(node, Number(one), Number(two))
    case 'alias':
      return Alias.of(node, Number(one), Number(two))
    case 'process-name':
      return processName(node, undefined, one as string | undefined)
    case 'event-name':
      return eventName(node, one as string | undefined)
    default:
      return NodeName.of(node)
  }
}

/** The object of a codec; notes in `refused` that there is none, or that it threw. */
export function customOf(codecs: CustomCodecs, name: string, data: unknown, refused: string[]) {
  try {
    const codec = codecs.named(name)
    if (codec !== undefined) return codec.decode(data)
  } catch {
    // As good as none.
  }
  refused.push(name)
  return undefined
}
