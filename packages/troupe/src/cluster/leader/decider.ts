/**
 * cluster/leader/decider: who decides who leads a cluster, as the options of one have it.
 *
 * The only place that knows that there are two of them.
 */
import { ELECTION_DEFAULTS, type ElectionOptions, type Pid } from '#contract'
import { arbitration } from './arbitration.js'
import { arbitrationSettings } from './arbitration-settings.js'
import { ballotMemory } from './ballot-memory.js'
import type { Decider } from './deciding.js'
import { electionSettings } from './election-settings.js'
import { Vote } from './vote.js'

/** Reads the options of an election; throws OPTION_INVALID naming the option. */
export function deciderOf(self: Pid, options: ElectionOptions): Decider {
  if (options?.arbiter !== undefined) return arbitration(arbitrationSettings(options))
  const settings = electionSettings(self.node, options)
  const { clusterId, voters, electionTimeoutMinMs: quietMs } = settings
  const storage = options.storage ?? ballotMemory(self, clusterId)
  return { clusterId, voters, quietMs, stand: (own) => Vote.open(own, settings, storage) }
}

/** How wrong the pace of two clocks may be, as a share, wherever one waits for another's lease. */
export const clockDriftOf = ({ arbiter, clockDriftMax }: ElectionOptions): number =>
  arbiter?.clockDriftMax ?? clockDriftMax ?? ELECTION_DEFAULTS.clockDriftMax

/**
 * Whether nobody can have led before this term. Only a vote begins at 1; an arbiter may have
 * forgotten what it once knew, so with it no term is the first.
 */
export const isFirstTerm = ({ arbiter }: ElectionOptions, term: number): boolean =>
  arbiter === undefined && term === 1
