/**
 * cluster/leader/arbitration-settings: the options of an election that an arbiter decides.
 */
import { type Arbiter, type ElectionOptions, readObject, requireOption } from '#contract'
import { requireClusterId, requireKnownElection, requireVoters } from './election-settings.js'
import { PEERS_MAX } from './peers.js'

/** What is left of the options. */
export interface ArbitrationSettings {
  readonly clusterId: string
  /** The nodes that may lead; undefined: every one that takes part. */
  readonly voters: readonly string[] | undefined
  readonly arbiter: Arbiter
}

/** What only voters go by. */
const OF_A_VOTE = Object.freeze([
  'electionTimeoutMinMs',
  'electionTimeoutMaxMs',
  'heartbeatMs',
  'clockDriftMax',
  'storage',
] satisfies readonly (keyof ElectionOptions)[])

/** Checks the options; throws OPTION_INVALID naming the one that cannot be. */
export function arbitrationSettings(given: ElectionOptions): ArbitrationSettings {
  const options = readObject('election', given)
  requireKnownElection(options)
  const { clusterId, voters, arbiter } = options
  requireClusterId(clusterId)
  const isArbiter = typeof arbiter?.stand === 'function' && typeof arbiter.kind === 'string'
  requireOption(
    isArbiter,
    'election.arbiter',
    arbiter,
    'give { kind, stand }, such as an etcdArbiter',
  )
  for (const name of OF_A_VOTE) {
    const told = 'leave it out: the arbiter decides by its own times, and there is no vote'
    requireOption(options[name] === undefined, `election.${name}`, options[name], told)
  }
  if (voters !== undefined) requireVoters(voters, PEERS_MAX)
  const known = voters && Object.freeze([...voters])
  return Object.freeze({ clusterId, voters: known, arbiter: arbiter as Arbiter })
}
