/**
 * ask/values: a value that is to be written, as the type it is meant to be, and none of the marks
 * that stand where a value is not shown.
 *
 * Pure. Whoever edits what he sees must not write `[redacted]` in place of a password.
 */
import { type Refused, refused } from '#observer/text/problem'

type Fields = Readonly<Record<string, unknown>>

/** Characters of a whole number with its sign: as many as a node reads from its configuration. */
export const WHOLE_NUMBER_MAX = 1_000

const isWhole = (value: string): boolean =>
  value.length <= WHOLE_NUMBER_MAX && /^-?\d+$/.test(value)

/** What JSON holds of each type of the configuration; a bigint travels as digits. */
const READ: Readonly<Record<string, (value: unknown) => unknown>> = Object.freeze({
  string: (value) => (typeof value === 'string' ? value : undefined),
  number: (value) => (typeof value === 'number' ? value : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  bigint: (value) => (typeof value === 'string' && isWhole(value) ? BigInt(value) : undefined),
})

/** Texts in place of secrets, and the ends of texts and lists that were cut. */
const MARKS: readonly RegExp[] = [
  /^\[redacted\]$/,
  /^\(hidden\)$/,
  /… \(\d+ more( characters)?\)$/,
  /^\[(too many values|circular)\]$/,
]
const DEPTH_MAX = 32

/** The fields of an order that writes: `value` read by `type`, which goes. Throws `Refused`. */
export function valued(fields: Fields): Fields {
  const { type, ...order } = fields
  const { value } = order
  if (isMarked(value, 0)) {
    const remedy = 'give the value itself; leave the entry as it is to keep what it holds'
    throw refused(400, 'VALUE_MARKED', 'this stands for a value that is not shown', remedy)
  }
  if (type === undefined) return order
  const read = typeof type === 'string' && Object.hasOwn(READ, type) ? READ[type] : undefined
  const given = read?.(value)
  if (given !== undefined) return { ...order, value: given }
  throw wrongType(read === undefined, String(type))
}

const wrongType = (isUnknown: boolean, type: string): Refused => {
  const remedy = isUnknown
    ? `one of ${Object.keys(READ).join(', ')}`
    : type === 'bigint'
      ? `give its digits as a text of at most ${WHOLE_NUMBER_MAX} characters`
      : `give a ${type} as value`
  const problem = isUnknown ? 'there is no such type' : `the value is no ${type}`
  return refused(400, 'OPTION_INVALID', problem, remedy)
}

function isMarked(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return MARKS.some((mark) => mark.test(value))
  if (typeof value !== 'object' || value === null || depth >= DEPTH_MAX) return false
  return Object.entries(value).some(([key, one]) => key === '…' || isMarked(one, depth + 1))
}
