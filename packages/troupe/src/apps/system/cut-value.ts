/**
 * apps/system/cut-value: a value that is told to others, never larger than it may be, and always
 * one that can leave the node.
 */
import { VALUE_CHARS_MAX } from './limits.js'

/** No object that travels may have this key. */
const REFUSED_KEY = '__proto__'

/** Plain values as they are while they are short, else the beginning of their text. */
export function cutValue(
  plain: unknown,
  charsMax = VALUE_CHARS_MAX,
): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(plain) ?? ''
  if (text.length > charsMax) {
    return { '…': `cut: ${text.length} characters`, text: text.slice(0, charsMax) }
  }
  const value = text.includes(REFUSED_KEY) ? renamed(plain) : plain
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? { ...(value as Record<string, unknown>) } : { value }
}

/** The same with another word for the key. The depth of plain values is limited. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => {
    return [key === REFUSED_KEY ? `[${key}]` : key, renamed(item)]
  })
  return Object.fromEntries(entries)
}

/** Text, cut to its length. */
export const cutText = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax)}… (${text.length} characters)`
