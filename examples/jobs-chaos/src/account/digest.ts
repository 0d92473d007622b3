/**
 * account/digest: a short text that is the same for equal results, and only for those.
 *
 * Written anew here, not taken from the cluster: who judges does not borrow the scales.
 */
import { createHash } from 'node:crypto'

/** SHA-256 of the value as JSON with sorted keys, in hexadecimal digits. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(sortedJson(value)).digest('hex')

/** JSON in which the keys of every object are in the order of their code units. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  entries.sort(([left], [right]) => (left < right ? -1 : 1))
  const fields = entries.map(([key, one]) => `${JSON.stringify(key)}:${sortedJson(one)}`)
  return `{${fields.join(',')}}`
}
