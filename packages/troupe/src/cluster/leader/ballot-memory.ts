/**
 * cluster/leader/ballot-memory: ballots that last as long as their program.
 *
 * So a process that a supervisor starts again still knows what it has promised; a program that
 * ends forgets it. Limit: `BALLOTS_MAX`; the one that was made first is forgotten then.
 */
import type { Ballot, BallotStorage, Pid } from '#contract'

const BALLOTS_MAX = 10_000

/** By life of a node and cluster: a test may have many nodes in one program. */
const kept = new Map<string, Ballot>()

/** The storage that holds when none is given. */
export function ballotMemory(self: Pid, clusterId: string): BallotStorage {
  const key = `${self.node} ${self.creation} ${clusterId}`
  return Object.freeze({
    load: async () => kept.get(key),
    save: async (ballot: Ballot) => {
      kept.set(key, ballot)
      const [oldest] = kept.keys()
      if (kept.size > BALLOTS_MAX && oldest !== undefined) kept.delete(oldest)
    },
  })
}
