/**
 * system/etcd-lookout: tells people whether an etcd answers; programs wait for it by themselves.
 *
 * One small question again and again. It is told when the code changes, not each time.
 */
import type { EtcdClient } from '@troupe/etcd'
import { describeThrown, TroupeError } from 'troupe'

/** Longest wait for an answer, and from question to question, in milliseconds. */
export const LOOKOUT_TIMEOUT_MS = 4_000
export const LOOKOUT_MS = 5_000

export interface LookoutParts {
  readonly client: Pick<EtcdClient, 'endpoints' | 'range'>
  /** The keys that are asked for; nobody needs to be allowed more. */
  readonly prefix: string
  readonly print: (line: string) => void
}

export class EtcdLookout {
  readonly #parts: LookoutParts
  /** What was told last; undefined: it answers. */
  #code: string | undefined

  constructor(parts: LookoutParts) {
    this.#parts = parts
  }

  /** Asks once; never rejects. */
  async look(): Promise<void> {
    const { client, prefix, print } = this.#parts
    const where = client.endpoints.join(', ')
    try {
      const ask = { range: { prefix }, limit: 1, keysOnly: true }
      await client.range(ask, { timeoutMs: LOOKOUT_TIMEOUT_MS })
      if (this.#code !== undefined) print(`etcd answers at ${where}`)
      this.#code = undefined
    } catch (problem) {
      // Its own end.
      if (TroupeError.is(problem, 'ETCD_CLOSED')) return
      const code = TroupeError.is(problem) ? problem.code : 'ETCD_UNREACHABLE'
      const told = problem instanceof Error ? problem.message : describeThrown(problem)
      if (code !== this.#code) print(`${code}: ${told}; until it answers nothing is served`)
      this.#code = code
    }
  }
}
