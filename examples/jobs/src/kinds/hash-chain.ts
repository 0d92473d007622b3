/**
 * kinds/hash-chain: the SHA-256 of the text, and of that again, `rounds` times.
 */
import { createHash } from 'node:crypto'
import type { JobParameters } from '#jobs/job/job'
import type { Finished, Kind, Problem, Work } from './kind.js'

export interface HashChain {
  readonly rounds: number
  /** The last link, 64 small hexadecimal digits. */
  readonly digest: string
}

/** Links between two words about progress. */
const TOLD_EVERY = 4_096

/** What a round costs, in bytes of text that could be hashed meanwhile; for progress alone. */
const ROUND_BYTES = 800

class Chain implements Work {
  readonly #rounds: number
  readonly #hash = createHash('sha256')

  constructor(rounds: number) {
    this.#rounds = rounds
  }

  take(piece: Uint8Array): Problem {
    this.#hash.update(piece)
    return undefined
  }

  finish(tell: (share: number) => void): Finished {
    let digest = this.#hash.digest()
    for (let round = 1; round <= this.#rounds; round += 1) {
      digest = createHash('sha256').update(digest).digest()
      if (round % TOLD_EVERY === 0) tell(round / this.#rounds)
    }
    const result: HashChain = { rounds: this.#rounds, digest: digest.toString('hex') }
    return { kind: 'done', result }
  }
}

export const hashChain: Kind = {
  name: 'hash-chain',
  begin: ({ rounds = 100_000 }: JobParameters) => new Chain(rounds),
  textShare: ({ rounds = 100_000 }, bytes) => bytes / (bytes + rounds * ROUND_BYTES),
}
