/**
 * arguments/nearest: the word that was probably meant.
 *
 * @source Damerau, "A technique for computer detection and correction of spelling errors"
 */

/** Longer words are not guessed at: nobody types them by hand. */
const LENGTH_MAX = 64

/** Letters to add, drop, change or swap with the next to make one word of another. */
export function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at)
  let rowBefore: readonly number[] = row
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const kept = (row[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1)
      const isSwap = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      const swapped = isSwap && i > 1 && j > 1 ? (rowBefore[j - 2] as number) + 1 : kept
      next.push(Math.min(kept, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    rowBefore = row
    row = next
  }
  return row[right.length] as number
}

/** The known word that is near enough to be meant; undefined: none is. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LENGTH_MAX) return undefined
  const begins = known.filter((one) => word.length >= 2 && one.startsWith(word))
  if (begins.length === 1) return begins[0]
  const ranked = known
    .map((one) => ({ one, far: distance(word, one) }))
    .filter(({ one, far }) => far <= Math.max(1, Math.floor(one.length / 3)))
    .sort((left, right) => left.far - right.far)
  return ranked[0]?.one
}
