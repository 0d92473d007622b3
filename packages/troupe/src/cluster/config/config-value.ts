/**
 * cluster/config/config-value: what one entry of a configuration says, or why it cannot be read.
 *
 * Stores of strings, such as etcd, tell the type by a prefix; files have the types of JSON, and
 * their strings take the same prefixes, so that an entry can move from one to the other.
 * Knows nothing of levels and nodes.
 * Limit: `CONFIG_LIMITS`; what is beyond is refused like any other bad value.
 *
 * @source ergo-features 21
 */
import { type ConfigValue, printable, secretNames } from '#contract'

/** What is refused beyond: named, so that a page can list them. */
export const CONFIG_LIMITS = Object.freeze({
  /** Entries that matter to one node, over all levels. */
  entriesMax: 10_000,
  /** UTF-16 units of the name of an item. */
  itemLengthMax: 256,
  /** UTF-8 bytes of a value that is a string. */
  valueBytesMax: 65_536,
  /** Digits of a whole number. */
  intDigitsMax: 1_000,
  /** Problems told of one file; what is beyond is told as a number. */
  problemsToldMax: 100,
  /** Objects and lists of a file within each other; what is read has three. */
  depthMax: 8,
  /** Bytes of a file. */
  fileBytesMax: 1_048_576,
})

/** A value that can be read, or the reason why not. */
export type ConfigReading =
  | { readonly kind: 'value'; readonly value: ConfigValue }
  | { readonly kind: 'invalid'; readonly problem: string }

/** Names that would reach into the prototype of what a program copies the values to. */
const NAMES_REFUSED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const INT = /^[+-]?[0-9]+$/
const FLOAT = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,4})?$/i
const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

const good = (value: ConfigValue): ConfigReading => ({ kind: 'value', value })
const bad = (problem: string): ConfigReading => ({ kind: 'invalid', problem })
const shown = (text: string): string => JSON.stringify(printable(text, 80))

/** How a text that cannot be read is told. */
type Say = (text: string) => string

/** Told by its name, as in the log: what is wrong with such an item is told without its value. */
export const isSecretItem = secretNames()

/** Why an item cannot have this name; undefined: it can. */
export function itemProblem(item: string): string | undefined {
  const { itemLengthMax } = CONFIG_LIMITS
  if (item === '') return 'its name is empty'
  if (item.length > itemLengthMax) return `its name is longer than ${itemLengthMax} characters`
  if (item.includes('/')) return 'its name has a /'
  if (NAMES_REFUSED.has(item)) return 'its name is a part of every object'
  if (printable(item) !== item) return 'its name has characters that are not seen'
  return undefined
}

/**
 * What an entry says: a value of JSON, whose strings may begin with `int:`, `float:`, `bool:`, or
 * with `string:` when what follows is to be taken as it is. Why not is told without the text when
 * the name of the item is that of a secret.
 */
export function readConfigValue(given: unknown, item: string): ConfigReading {
  switch (typeof given) {
    case 'boolean':
    case 'bigint':
      return good(given)
    case 'number':
      return readNumber(given)
    case 'string':
      return readText(given, isSecretItem(item) ? () => 'what follows the prefix' : shown)
    default:
      return bad(`it is ${kindOf(given)}; give a string, a number or a boolean`)
  }
}

const kindOf = (given: unknown): string => {
  if (given instanceof Uint8Array) return 'no text in UTF-8'
  if (given === null) return 'null'
  if (Array.isArray(given)) return 'a list'
  return typeof given === 'object' ? 'an object' : `of type ${typeof given}`
}

function readNumber(given: number): ConfigReading {
  if (!Number.isFinite(given)) return bad('the number is too large')
  // JSON has rounded it already: what stands in the file is another number.
  if (Number.isInteger(given) && !Number.isSafeInteger(given))
    return bad('the whole number is beyond 2^53; write it as a string that begins with int:')
  return good(given)
}

function readText(text: string, say: Say): ConfigReading {
  const { valueBytesMax } = CONFIG_LIMITS
  if (text.length > valueBytesMax || Buffer.byteLength(text) > valueBytesMax)
    return bad(`the value is above the limit of ${valueBytesMax} bytes`)
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  switch (text.slice(0, colon + 1)) {
    case 'int:':
      return readInt(rest.trim(), say)
    case 'float:':
      return readFloat(rest.trim(), say)
    case 'bool:':
      return readBool(rest.trim(), say)
    case 'string:':
      return good(rest)
    default:
      return good(text)
  }
}

function readInt(text: string, say: Say): ConfigReading {
  if (!INT.test(text)) return bad(`${say(text)} is not a whole number`)
  const { intDigitsMax } = CONFIG_LIMITS
  if (text.length > intDigitsMax) return bad(`the number has more than ${intDigitsMax} digits`)
  const whole = BigInt(text.startsWith('+') ? text.slice(1) : text)
  const number = Number(whole)
  return good(Number.isSafeInteger(number) ? number : whole)
}

function readFloat(text: string, say: Say): ConfigReading {
  const number = FLOAT.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? good(number) : bad(`${say(text)} is not a number`)
}

function readBool(text: string, say: Say): ConfigReading {
  const value = BOOLS.get(text.toLowerCase())
  return value === undefined ? bad(`${say(text)} is neither true nor false`) : good(value)
}
