/**
 * system/ground: what the launcher starts before all programs and ends after them: nothing, an etcd
 * of its own, or a lookout for the one that was given.
 */
import type { ChildSpec } from 'troupe'
import type { Flags } from '#jobs/cli/flags'

export interface Ground {
  /** For people: where it is; undefined: there is nothing. */
  readonly told: string | undefined
  /** The same as flags. */
  readonly found: Partial<Pick<Flags, 'etcdEndpoints'>>
  /** What every program is to be told of it. */
  readonly words: readonly string[]
  /** Processes that look after it. */
  children(print: (line: string) => void): readonly ChildSpec[]
  stop(): Promise<void>
}

export const BARE: Ground = Object.freeze({
  told: undefined,
  words: Object.freeze([]),
  found: Object.freeze({}),
  children: () => [],
  stop: async () => {},
})
