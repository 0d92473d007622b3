/**
 * view/value-view: any value that a node answers, as lines for a person and as JSON for a program.
 *
 * Values come from other nodes: they may be deep, huge, or point at themselves. For a person they
 * are cut, and that is said; JSON gives all of it. Limits: see `LIMITS`.
 */
import { safeText } from '#terminal/safe-text'

/** How much of a value a person is shown. */
export const LIMITS = Object.freeze({ depthMax: 6, entriesMax: 100, textMax: 2_000, linesMax: 500 })

/** Deeper than this JSON is not written either: it would overflow the stack of whoever reads it. */
const JSON_DEPTH_MAX = 200

type Named = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Named => typeof value === 'object' && value !== null

/** Addresses of processes as Troupe prints them; undefined for all other values. */
export function addressText(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  const { kind, node, id, name } = value
  const isNumbered = typeof node === 'string' && typeof id === 'number'
  if (kind === 'pid' && isNumbered) return `<${node}.${id}>`
  if (kind === 'ref' && isNumbered) return `#ref<${node}.${id}>`
  if (kind === 'alias' && isNumbered) return `#alias<${node}.${id}>`
  if (kind === 'node' && typeof node === 'string' && Object.keys(value).length === 2) return node
  if ((kind !== 'name' && kind !== 'event') || typeof name !== 'string') return undefined
  const at = typeof node === 'string' ? `@(${node})` : ''
  return kind === 'event' ? `event:${name}${at}` : `${name}${at}`
}

/** What has no entries of its own, as one text; undefined for lists and objects. */
function atomText(value: unknown): string | undefined {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${value}n`
  if (!isObject(value)) return String(value)
  const address = addressText(value)
  if (address !== undefined) return safeText(address)
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString()
  if (value instanceof Error) return errorText(value)
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
  return undefined
}

const errorText = (error: Error): string => {
  const code = 'code' in error ? `${String(error.code)}: ` : ''
  return safeText(`${code}${error.message}`, LIMITS.textMax)
}

const quoted = (text: string): string =>
  `'${safeText(text, LIMITS.textMax).replaceAll("'", "\\'")}'`

/** A word stands as it is; any other key is quoted. */
const keyText = (key: string): string =>
  /^[\p{L}\p{N}_$.-]+$/u.test(key) && key.length <= 200 ? safeText(key) : quoted(key)

interface Entries {
  readonly open: string
  readonly close: string
  readonly parts: readonly (readonly [key: string | undefined, value: unknown])[]
}

function entriesOf(value: object): Entries {
  if (Array.isArray(value)) {
    return { open: '[', close: ']', parts: value.map((one) => [undefined, one]) }
  }
  if (value instanceof Set) {
    return {
      ...{ open: `Set(${value.size}) {`, close: '}' },
      parts: [...value].map((one) => [undefined, one]),
    }
  }
  if (value instanceof Map) {
    const parts = [...value].map(([key, one]) => [atomText(key) ?? '{…}', one] as const)
    return { open: `Map(${value.size}) {`, close: '}', parts }
  }
  return {
    ...{ open: '{', close: '}' },
    parts: Object.entries(value).map(([key, one]) => [keyText(key), one]),
  }
}

/** The lines of a value; every one of them is safe to print. */
export function valueLines(value: unknown): readonly string[] {
  const lines = linesOf(value, 0, new Set())
  if (lines.length <= LIMITS.linesMax) return lines
  const more = lines.length - LIMITS.linesMax
  return [...lines.slice(0, LIMITS.linesMax), `… ${more} more lines; --json gives all`]
}

function linesOf(value: unknown, depth: number, above: ReadonlySet<object>): readonly string[] {
  const atom = atomText(value)
  if (atom !== undefined) return [atom]
  const thing = value as object
  if (above.has(thing)) return ['(itself)']
  const { open, close, parts } = entriesOf(thing)
  if (parts.length === 0) return [`${open}${close}`]
  if (depth >= LIMITS.depthMax) return [`${open}…${close}`]
  const inside = new Set([...above, thing])
  const shown = parts.slice(0, LIMITS.entriesMax).map(([key, one]) => {
    const [first = '', ...more] = linesOf(one, depth + 1, inside)
    return [key === undefined ? first : `${key}: ${first}`, ...more]
  })
  if (parts.length > LIMITS.entriesMax) shown.push([`… ${parts.length - LIMITS.entriesMax} more`])
  const line = `${open} ${shown.flat().join(', ')} ${close}`
  if (shown.every((one) => one.length === 1) && line.length <= 72) return [line]
  return [open, ...shown.flatMap((one) => one.map((text) => `  ${text}`)), close]
}

/**
 * The value as what JSON can hold: addresses as texts, times as ISO texts, bytes as base64, a
 * bigint as a text, a Map as an object or a list of pairs; nothing becomes null.
 */
export function plainValue(value: unknown): unknown {
  return plainOf(value, new Set())
}

function plainOf(value: unknown, above: ReadonlySet<object>): unknown {
  if (value === undefined) return null
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (!isObject(value)) return value
  const atom = plainAtom(value)
  if (atom !== undefined) return atom
  if (above.has(value) || above.size > JSON_DEPTH_MAX) return null
  const inside = new Set<object>([...above, value])
  if (Array.isArray(value)) return value.map((one) => plainOf(one, inside))
  if (value instanceof Set) return [...value].map((one) => plainOf(one, inside))
  if (value instanceof Map) {
    return [...value].map(([key, one]) => [plainOf(key, inside), plainOf(one, inside)])
  }
  const parts = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(parts.map(([key, one]) => [key, plainOf(one, inside)]))
}

function plainAtom(value: Named): unknown {
  const address = addressText(value)
  if (address !== undefined) return address
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Error)
    return { code: 'code' in value ? String(value['code']) : null, message: value.message }
  if (!ArrayBuffer.isView(value)) return undefined
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
}
