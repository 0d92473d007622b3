/**
 * kinds/n-grams: how often each sequence of `n` words comes in a text.
 *
 * Limit: that of the tally; `distinct` is complete as long as `beyond` is 0.
 */
import type { JobParameters } from '#jobs/job/job'
import type { Finished, Kind, Problem, Work } from './kind.js'
import { type Counted, Tally } from './tally.js'
import { NOT_UTF8, WordStream } from './words.js'

export interface NGrams {
  readonly n: number
  readonly total: number
  readonly distinct: number
  readonly beyond: number
  readonly top: readonly Counted[]
}

class Counting implements Work {
  readonly #n: number
  readonly #passes: number
  readonly #stream = new WordStream()
  readonly #tally = new Tally()
  /** The words before the next one, at most n - 1. */
  #before: readonly string[] = []

  constructor(n: number, passes: number) {
    this.#n = n
    this.#passes = passes
  }

  take(piece: Uint8Array): Problem {
    return this.#count(this.#stream.take(piece))
  }

  finish(): Finished {
    const problem = this.#count(this.#stream.end())
    if (problem !== undefined) return { kind: 'failed', problem }
    const { total, distinct, beyond } = this.#tally
    const result: NGrams = { n: this.#n, total, distinct, beyond, top: this.#tally.top() }
    return { kind: 'done', result }
  }

  #count(found: readonly string[] | undefined): Problem {
    if (found === undefined) return NOT_UTF8
    const words = this.#before.concat(found)
    this.#each(words, (gram) => this.#tally.add(gram))
    for (let pass = 1; pass < this.#passes; pass += 1) {
      this.#each(words, (gram) => this.#tally.countOf(gram))
    }
    this.#before = this.#n === 1 ? [] : words.slice(-(this.#n - 1))
    return undefined
  }

  #each(words: readonly string[], take: (gram: string) => void): void {
    for (let end = this.#n; end <= words.length; end += 1) {
      take(words.slice(end - this.#n, end).join(' '))
    }
  }
}

export const nGrams: Kind = {
  name: 'n-grams',
  begin: ({ n = 2, passes = 1 }: JobParameters) => new Counting(n, passes),
  textShare: () => 1,
}
