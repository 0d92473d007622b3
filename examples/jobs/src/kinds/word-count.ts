/**
 * kinds/word-count: words, characters and lines of a text, and its most frequent words.
 *
 * Limit: that of the tally; `distinct` is complete as long as `beyond` is 0.
 */
import type { JobParameters } from '#jobs/job/job'
import type { Finished, Kind, Problem, Work } from './kind.js'
import { type Counted, Tally } from './tally.js'
import { NOT_UTF8, WordStream } from './words.js'

export interface WordCount {
  readonly words: number
  readonly characters: number
  /** Line ends. */
  readonly lines: number
  readonly distinct: number
  readonly beyond: number
  readonly top: readonly Counted[]
}

const LINE_END = 0x0a

class Counting implements Work {
  readonly #passes: number
  readonly #stream = new WordStream()
  readonly #tally = new Tally()
  #characters = 0
  #lines = 0

  constructor(passes: number) {
    this.#passes = passes
  }

  take(piece: Uint8Array): Problem {
    for (const byte of piece) {
      // Whatever is no continuation begins a character.
      if ((byte & 0xc0) !== 0x80) this.#characters += 1
      if (byte === LINE_END) this.#lines += 1
    }
    return this.#count(this.#stream.take(piece))
  }

  finish(): Finished {
    const problem = this.#count(this.#stream.end())
    if (problem !== undefined) return { kind: 'failed', problem }
    const result: WordCount = {
      words: this.#tally.total,
      characters: this.#characters,
      lines: this.#lines,
      distinct: this.#tally.distinct,
      beyond: this.#tally.beyond,
      top: this.#tally.top(),
    }
    return { kind: 'done', result }
  }

  #count(words: readonly string[] | undefined): Problem {
    if (words === undefined) return NOT_UTF8
    for (const word of words) this.#tally.add(word)
    for (let pass = 1; pass < this.#passes; pass += 1) {
      for (const word of words) this.#tally.countOf(word)
    }
    return undefined
  }
}

export const wordCount: Kind = {
  name: 'word-count',
  begin: ({ passes = 1 }: JobParameters) => new Counting(passes),
  textShare: () => 1,
}
