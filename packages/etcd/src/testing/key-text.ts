/**
 * testing/key-text: keys of an etcd as text that sorts as their bytes do.
 *
 * Every byte is one character, so that text of any bytes compares as etcd compares keys.
 *
 * @source etcd v3.4: keys are bytes in lexical order
 */
import type { Bytes, KeyRange } from '#etcd/client/etcd-client'

/** From the first key to the last one, without that; no end: all that follow. */
export interface KeySpan {
  readonly from: string
  readonly to: string | undefined
}

export const bytesOf = (given: Bytes): Buffer =>
  typeof given === 'string' ? Buffer.from(given, 'utf8') : Buffer.from(given)

export const keyText = (key: Bytes): string => bytesOf(key).toString('latin1')

export function spanOf(range: KeyRange): KeySpan {
  if ('key' in range) {
    const from = keyText(range.key)
    return { from, to: `${from}\0` }
  }
  if ('prefix' in range) {
    const from = keyText(range.prefix)
    return { from, to: afterAll(from) }
  }
  return { from: keyText(range.from), to: keyText(range.to) }
}

export const isWithin = (key: string, { from, to }: KeySpan): boolean =>
  key >= from && (to === undefined || key < to)

export const overlap = (one: KeySpan, other: KeySpan): boolean =>
  (one.to === undefined || other.from < one.to) && (other.to === undefined || one.from < other.to)

/** The first key after all that begin so. */
function afterAll(prefix: string): string | undefined {
  for (let end = prefix.length; end > 0; end -= 1) {
    const last = prefix.charCodeAt(end - 1)
    if (last < 0xff) return prefix.slice(0, end - 1) + String.fromCharCode(last + 1)
  }
  return undefined
}
