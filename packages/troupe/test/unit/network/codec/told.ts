/**
 * A value as one text that tells everything about it that must survive the wire.
 */
import { inspect } from 'node:util'

const SETTINGS = {
  depth: Number.POSITIVE_INFINITY,
  maxArrayLength: null,
  maxStringLength: null,
  breakLength: 100,
  compact: 3,
  customInspect: false,
} as const

const STANDARD = new Set([
  ...['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'],
  ...['URIError', 'AggregateError', 'TroupeError'],
])

/** Equal texts: equal types, classes, fields in their order, -0, NaN, and lone surrogates. */
export const told = (value: unknown): string => inspect(plain(value), SETTINGS)

function plain(value: unknown): unknown {
  if (typeof value === 'string') return `text ${JSON.stringify(value)}`
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Array.from(value, plain)
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [plain(key), plain(one)]))
  if (value instanceof Set) return new Set([...value].map(plain))
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Error) return errorTold(value)
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return binaryTold(value)
  const fields = Object.entries(value).map(([key, one]) => [
    `key ${JSON.stringify(key)}`,
    plain(one),
  ])
  return [Object.getPrototypeOf(value)?.constructor.name ?? 'bare', Object.fromEntries(fields)]
}

function errorTold(error: Error): unknown {
  const { name, message, cause } = error
  const { code, detail, errors } = error as unknown as Readonly<Record<string, unknown>>
  const parts = { name, message, code, detail, errors, hasCause: Object.hasOwn(error, 'cause') }
  // Of a class of one's own: what arrives is an `Error` with its name.
  const made = STANDARD.has(error.constructor.name) ? error.constructor.name : 'Error'
  return [made, plain({ ...parts, cause })]
}

function binaryTold(value: ArrayBuffer | ArrayBufferView): string {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value)
  return `${value.constructor.name} ${bytes.toString('hex')}`
}
