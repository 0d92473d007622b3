/**
 * contract/known-options: refuses an option that nobody reads, since it was meant for something.
 *
 * For what is given once, as at the start of a node; nothing here is made to be fast.
 */
import { requireOption } from './limits.js'

/** All options of one kind: the compiler finds the one that is missing. */
export type KnownOptions<T> = Readonly<Record<keyof T, true>>

/** Edits between two words that are likely meant to be one; of short ones one is enough. */
const EDITS_MAX = 2
const SHORT_LENGTH = 5

/**
 * Throws OPTION_INVALID naming the first option that is not known, and the one that may be meant.
 *
 * `path` tells where the options stand: `network.tls`; empty for those of the node itself.
 */
export function requireKnown(
  path: string,
  given: object,
  known: Readonly<Record<string, true>>,
): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue
    const names = Object.keys(known)
    const meant = nearest(name, names)
    const remedy = meant === undefined ? `known are ${names.join(', ')}` : `did you mean ${meant}?`
    requireOption(false, path === '' ? name : `${path}.${name}`, 'unknown', remedy)
  }
}

function nearest(name: string, names: readonly string[]): string | undefined {
  const told = name.slice(0, 64).toLowerCase()
  let found: string | undefined
  let least = (told.length > SHORT_LENGTH ? EDITS_MAX : 1) + 1
  for (const one of names) {
    // Whoever leaves the unit out is understood, too.
    const isStart = told.length > 2 && one.toLowerCase().startsWith(told)
    const edits = isStart ? 0 : editsBetween(told, one.toLowerCase())
    if (edits < least && edits < one.length) {
      found = one
      least = edits
    }
  }
  return found
}

/** Letters to add, drop, change or swap with their neighbour (Damerau and Levenshtein). */
function editsBetween(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const swapped = isSwap ? (before[j - 2] as number) + 1 : changed
      next.push(Math.min(changed, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    before = row
    row = next
  }
  return row[other.length] as number
}
