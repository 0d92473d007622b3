/**
 * text/plain: whatever a node answers, as what JSON can hold.
 *
 * Identities become texts that can be read back, numbers that JSON does not have become their
 * names. Limit: `ENTRIES_MAX` values; deeper than `DEPTH_MAX` nothing is told. What a value does
 * when it is printed never runs: a `toJSON` is a value as any other.
 */
import { EventName, ProcessName, TroupeError } from 'troupe'
import { pidText } from './pid-text.js'

const DEPTH_MAX = 64
/** A page of 500 rows has some 10,000. */
export const ENTRIES_MAX = 500_000

type Fields = Readonly<Record<string, unknown>>

interface Budget {
  left: number
  /** Characters of all texts. */
  chars: number
}

/** How large a value may be: values in it, and characters of its texts. */
export interface PlainSize {
  readonly entries: number
  readonly chars: number
}

const ANY_SIZE: PlainSize = Object.freeze({
  entries: ENTRIES_MAX,
  chars: Number.POSITIVE_INFINITY,
})

/** The value as what JSON can hold. OPTION_INVALID when it is larger than it may be. */
export function plainOf(value: unknown, { entries, chars }: PlainSize = ANY_SIZE): unknown {
  return plain(value, 0, { left: entries, chars })
}

/** The same, written. */
export const jsonOf = (value: unknown): string => JSON.stringify(plainOf(value)) ?? 'null'

function plain(value: unknown, depth: number, budget: Budget): unknown {
  switch (typeof value) {
    case 'string':
      budget.chars -= value.length
      if (budget.chars < 0) throw tooLarge()
      return value
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
      return `${value}n`
    case 'undefined':
      return null
    case 'object':
      return value === null ? null : ofObject(value, depth, budget)
    default:
      return `[${typeof value}]`
  }
}

function ofObject(value: object, depth: number, budget: Budget): unknown {
  budget.left -= 1
  if (budget.left < 0) throw tooLarge()
  const atom = atomOf(value)
  if (atom !== undefined) {
    if (typeof atom === 'string') budget.chars -= atom.length
    if (budget.chars < 0) throw tooLarge()
    return atom
  }
  if (depth >= DEPTH_MAX) return null
  const inside = (one: unknown): unknown => {
    budget.left -= 1
    if (budget.left < 0) throw tooLarge()
    return plain(one, depth + 1, budget)
  }
  if (Array.isArray(value)) return value.map(inside)
  if (value instanceof Set) return [...value].map(inside)
  if (value instanceof Map) return [...value].map(([key, one]) => [inside(key), inside(one)])
  const parts = Object.entries(value).filter(([, one]) => one !== undefined)
  for (const [key] of parts) budget.chars -= key.length
  // Own properties all of them, also one that is called __proto__.
  return Object.fromEntries(parts.map(([key, one]) => [key, inside(one)]))
}

/** What has no entries of its own; undefined for lists and objects. */
function atomOf(value: object): unknown {
  const identity = identityText(value as Fields)
  if (identity !== undefined) return identity
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Error) {
    const { code } = value as { readonly code?: unknown }
    return { code: typeof code === 'string' ? code : null, message: value.message }
  }
  if (!ArrayBuffer.isView(value)) return undefined
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
}

/** The text of a pid, ref, alias, name, event or node; undefined for all other values. */
function identityText(value: Fields): string | undefined {
  const { kind, node, id, name, creation } = value
  if (kind === 'pid' || kind === 'ref' || kind === 'alias') {
    if (typeof node !== 'string' || typeof id !== 'number') return undefined
    const text = pidText({ node, id, creation: Number(creation) })
    return kind === 'pid' ? text : `#${kind}${text}`
  }
  const count = Object.keys(value).length
  if (kind === 'node') return typeof node === 'string' && count === 2 ? node : undefined
  if ((kind !== 'name' && kind !== 'event') || typeof name !== 'string') return undefined
  if (count > 3 || (node !== undefined && typeof node !== 'string')) return undefined
  if (EventName.is(value)) return EventName.format(value)
  return ProcessName.is(value) ? ProcessName.format(value) : undefined
}

const tooLarge = (): TroupeError => {
  const problem = 'it holds more than an answer may hold; ask for less of it'
  return new TroupeError('OPTION_INVALID', { option: 'answer', value: 'too large', problem })
}
