/**
 * apps/system/cut-value: a value that is told to others, never larger than it may be.
 */
import { VALUE_CHARS_MAX } from './limits.js'

/** Plain values as they are while they are short, else the beginning of their text. */
export function cutValue(
  plain: unknown,
  charsMax = VALUE_CHARS_MAX,
): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(plain) ?? ''
  const isObject = typeof plain === 'object' && plain !== null && !Array.isArray(plain)
  if (text.length <= charsMax) {
    return isObject ? { ...(plain as Record<string, unknown>) } : { value: plain }
  }
  return { '…': `cut: ${text.length} characters`, text: text.slice(0, charsMax) }
}

/** Text, cut to its length. */
export const cutText = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax)}… (${text.length} characters)`
