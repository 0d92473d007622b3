/**
 * kinds/digest: one short word for a result, the same however its parts are ordered.
 */
import { createHash } from 'node:crypto'

/** SHA-256 of the result as JSON whose keys are sorted, 64 small hexadecimal digits. */
export function resultDigest(result: unknown): string {
  return createHash('sha256').update(sortedJson(result)).digest('hex')
}

function sortedJson(value: unknown): string {
  const told = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  )
  return told ?? 'null'
}
