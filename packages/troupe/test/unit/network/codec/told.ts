/**
 * A value as one line that tells everything about it that must survive the wire.
 */

const STANDARD = new Set([
  ...['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'],
  ...['URIError', 'AggregateError', 'TroupeError'],
])

/** Equal lines: equal types, classes, fields in their order, -0, NaN, and lone surrogates. */
export function told(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${Array.from(value, told).join(', ')}]`
  if (value instanceof Map) return `Map { ${[...value].map(entryTold).join(', ')} }`
  if (value instanceof Set) return `Set { ${[...value].map(told).join(', ')} }`
  if (value instanceof Date) return `Date ${value.getTime()}`
  if (value instanceof Error) return errorTold(value)
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return binaryTold(value)
  return `${classOf(value)}${fieldsTold(value)}`
}

const entryTold = ([key, value]: readonly [unknown, unknown]): string =>
  `${told(key)} => ${told(value)}`

const fieldsTold = (value: object): string => {
  const fields = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${told(one)}`)
  return `{ ${fields.join(', ')} }`
}

function classOf(value: object): string {
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null) return 'bare '
  return prototype === Object.prototype ? '' : `${prototype.constructor.name} `
}

function errorTold(error: Error): string {
  const { name, message, cause } = error
  const { code, detail, errors } = error as unknown as Readonly<Record<string, unknown>>
  // Of a class of one's own: what arrives is an `Error` with its name.
  const made = STANDARD.has(error.constructor.name) ? error.constructor.name : 'Error'
  const hasCause = Object.hasOwn(error, 'cause')
  return `${made} ${fieldsTold({ name, message, code, detail, errors, hasCause, cause })}`
}

function binaryTold(value: ArrayBuffer | ArrayBufferView): string {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value)
  return `${value.constructor.name} <${bytes.toString('hex')}>`
}
