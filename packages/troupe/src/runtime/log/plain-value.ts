/**
 * runtime/log/plain-value: any value as one that JSON can hold, without secrets, never throwing.
 *
 * Cycles, getters and proxies that throw, bigints, errors, `__proto__` keys, endless depth: all
 * end as readable text. Limits: `DEPTH_MAX` levels, `ENTRIES_MAX` entries of one collection,
 * `VALUES_MAX` values of one record, `TEXT_LENGTH_MAX` characters of one text; what is beyond is
 * named by its number.
 */
import { Alias, describeThrown, formatTarget, type IsSecret, Pid, REDACTED, Ref } from '#contract'

/** What JSON can hold. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue }

export type PlainFields = { readonly [name: string]: PlainValue }

const DEPTH_MAX = 6
const ENTRIES_MAX = 100
const VALUES_MAX = 1_000
const TEXT_LENGTH_MAX = 16_384

/** One walk over one record. */
interface Walk {
  readonly isSecret: IsSecret
  /** The objects that contain the one being looked at. */
  readonly around: Set<object>
  valuesLeft: number
}

/**
 * The fields of a record as values that can be printed.
 *
 * @example plainFields({ user: 'ada', password: 'x' }, secretNames()) // password: '[redacted]'
 */
export function plainFields(fields: object, isSecret: IsSecret): PlainFields {
  const walk: Walk = { isSecret, around: new Set(), valuesLeft: VALUES_MAX }
  const plain = guarded(() =>
    (fields instanceof Error ? ofError : ofEntries)(fields as Error, walk),
  )
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
    ? (plain as PlainFields)
    : { fields: plain }
}

/** One value as JSON can hold it; see `plainFields`. */
export function plainValue(value: unknown, isSecret: IsSecret): PlainValue {
  return plain(value, { isSecret, around: new Set(), valuesLeft: VALUES_MAX })
}

function plain(value: unknown, walk: Walk): PlainValue {
  walk.valuesLeft -= 1
  switch (typeof value) {
    case 'string':
      return shortened(value)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
      return String(value)
    case 'undefined':
      return '[undefined]'
    case 'symbol':
      return String(value)
    case 'function':
      return guarded(() => `[function ${value.name}]`)
    case 'object':
      return value === null ? null : guarded(() => ofObject(value, walk))
  }
}

/** What `read` gives, or the words for what it threw. */
function guarded<T>(read: () => T): T | string {
  try {
    return read()
  } catch (thrown) {
    return `[unreadable: ${describeSafely(thrown)}]`
  }
}

function describeSafely(thrown: unknown): string {
  try {
    return shortened(describeThrown(thrown))
  } catch {
    // Even the error of a hostile getter may have hostile getters.
    return 'it threw what cannot be read either'
  }
}

function shortened(text: string): string {
  const beyond = text.length - TEXT_LENGTH_MAX
  return beyond <= 0 ? text : `${text.slice(0, TEXT_LENGTH_MAX)}… (${beyond} more characters)`
}

function ofObject(value: object, walk: Walk): PlainValue {
  if (walk.around.has(value)) return '[circular]'
  if (walk.around.size >= DEPTH_MAX) return Array.isArray(value) ? '[array]' : '[object]'
  if (walk.valuesLeft <= 0) return '[too many values]'
  walk.around.add(value)
  try {
    return ofKind(value, walk)
  } finally {
    walk.around.delete(value)
  }
}

function ofKind(value: object, walk: Walk): PlainValue {
  if (value instanceof Error) return ofError(value, walk)
  if (Array.isArray(value)) return ofArray(value, walk)
  if (value instanceof Date) return String(value.toJSON())
  if (value instanceof Map) return ofMap(value, walk)
  if (value instanceof Set) return ofArray([...value], walk)
  if (value instanceof RegExp) return String(value)
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name} of ${value.byteLength} bytes]`
  if (value instanceof ArrayBuffer) return `[ArrayBuffer of ${value.byteLength} bytes]`
  if (value instanceof Promise) return '[promise]'
  if (Pid.is(value) || Ref.is(value) || Alias.is(value)) return formatTarget(value)
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const given: unknown = value.toJSON()
    // A `toJSON` that answers the object itself would lead nowhere.
    return given === value ? ofEntries(value, walk) : plain(given, walk)
  }
  return ofEntries(value, walk)
}

function ofArray(values: readonly unknown[], walk: Walk): PlainValue {
  const length = Math.min(values.length, ENTRIES_MAX)
  const plainValues: PlainValue[] = []
  for (let i = 0; i < length && walk.valuesLeft > 0; i += 1) plainValues.push(item(values, i, walk))
  const beyond = values.length - plainValues.length
  if (beyond > 0) plainValues.push(`… (${beyond} more)`)
  return plainValues
}

function item(values: readonly unknown[], index: number, walk: Walk): PlainValue {
  return guarded(() => plain(values[index], walk))
}

function ofMap(map: ReadonlyMap<unknown, unknown>, walk: Walk): PlainValue {
  const object: Record<string, unknown> = Object.create(null)
  let taken = 0
  for (const [key, value] of map) {
    if (taken === ENTRIES_MAX) {
      object['…'] = `${map.size - taken} more`
      break
    }
    object[typeof key === 'string' ? key : keyText(plain(key, walk))] = value
    taken += 1
  }
  return ofEntries(object, walk)
}

const keyText = (key: PlainValue): string => (typeof key === 'string' ? key : JSON.stringify(key))

/** The own enumerable properties; without a prototype, so that `__proto__` is a key like any. */
function ofEntries(value: object, walk: Walk, into = emptyObject()): PlainValue {
  const names = Object.keys(value)
  let taken = 0
  for (const name of names) {
    if (taken === ENTRIES_MAX || walk.valuesLeft <= 0) {
      into['…'] = `${names.length - taken} more`
      break
    }
    taken += 1
    const given = guarded(() => ofProperty(value, name, walk))
    if (given !== undefined) into[name] = given
  }
  return into
}

const emptyObject = (): Record<string, PlainValue> => Object.create(null)

/** A property that is undefined is left out, as JSON does. */
function ofProperty(value: object, name: string, walk: Walk): PlainValue | undefined {
  const given: unknown = (value as Record<string, unknown>)[name]
  if (given === undefined) return undefined
  return walk.isSecret(name) ? REDACTED : plain(given, walk)
}

/** Name, message, stack and cause, which are not enumerable; then what the error has beside. */
function ofError(error: Error, walk: Walk): PlainValue {
  const object = emptyObject()
  for (const name of ['name', 'message', 'code', 'stack', 'cause', 'errors']) {
    if (!(name in error)) continue
    const given = guarded(() => ofProperty(error, name, walk))
    if (given !== undefined) object[name] = given
  }
  return ofEntries(error, walk, object)
}
