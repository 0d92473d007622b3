/**
 * examples/jobs/test/kinds/plain: what the kinds compute, written the plain way over a whole text.
 */
import { createHash } from 'node:crypto'
import { TOLD_LENGTH_MAX, TOP_LENGTH } from '#jobs/kinds/tally'
import { WORD_LENGTH_MAX } from '#jobs/kinds/words'

export function plainWords(text: string): string[] {
  const words: string[] = []
  let word: string[] = []
  const end = (): void => {
    if (word.length > 0) words.push(word.join('').toLowerCase())
    word = []
  }
  for (const character of text) {
    if (!/[\p{L}\p{M}\p{N}]/u.test(character)) end()
    else if (word.push(character) === WORD_LENGTH_MAX) end()
  }
  end()
  return words
}

function counted(keys: readonly string[]) {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  const top = [...counts].sort((left, right) =>
    left[1] === right[1] ? (left[0] < right[0] ? -1 : 1) : right[1] - left[1],
  )
  const told = top.slice(0, TOP_LENGTH).map(([key, count]) => [beginningOf(key), count])
  return { distinct: counts.size, beyond: 0, top: told }
}

function beginningOf(key: string): string {
  let beginning = ''
  for (const character of key) {
    if (beginning.length + character.length > TOLD_LENGTH_MAX) return beginning
    beginning += character
  }
  return beginning
}

export function plainWordCount(text: string) {
  const words = plainWords(text)
  const characters = [...text].length
  return { words: words.length, characters, lines: text.split('\n').length - 1, ...counted(words) }
}

export function plainNGrams(text: string, n: number) {
  const words = plainWords(text)
  const grams = words.slice(n - 1).map((_, at) => words.slice(at, at + n).join(' '))
  return { n, total: grams.length, ...counted(grams) }
}

export function plainChain(bytes: Uint8Array, rounds: number) {
  let link = createHash('sha256').update(bytes).digest()
  for (let round = 0; round < rounds; round += 1) link = createHash('sha256').update(link).digest()
  return { rounds, digest: link.toString('hex') }
}

/** Cuts bytes at these places, whatever order they are in. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places].map((place) => place % (bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...sorted].map((from, at) => bytes.subarray(from, sorted[at] ?? bytes.length))
}
