/** corpus: inputs worth keeping, one in a line; what a fuzzer finds is added there. */
import { readFileSync } from 'node:fs'

/** The lines of a file of test/corpus, without its comments. */
export function keptLines(name: string): readonly string[] {
  const file = new URL(`../test/corpus/${name}.txt`, import.meta.url)
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}
