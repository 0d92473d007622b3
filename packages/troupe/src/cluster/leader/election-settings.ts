/**
 * cluster/leader/election-settings: the options of an election, merged with the defaults, checked.
 */
import {
  ELECTION_DEFAULTS,
  type ElectionOptions,
  isNodeName,
  type KnownOptions,
  readObject,
  requireKnown,
  requireOption,
} from '#contract'
import { VOTERS_MAX } from './election-words.js'

/** Bytes of the name of a cluster: with what stands before it, it is the name of a process. */
const CLUSTER_ID_BYTES_MAX = 240

/** What the pure election goes by. Times are milliseconds. */
export type ElectionSettings = Required<Omit<ElectionOptions, 'storage' | 'arbiter'>>

const KNOWN: KnownOptions<ElectionOptions> = {
  clusterId: true,
  voters: true,
  electionTimeoutMinMs: true,
  electionTimeoutMaxMs: true,
  heartbeatMs: true,
  clockDriftMax: true,
  storage: true,
  arbiter: true,
}

/** Merges with the defaults for a voter of `node`; throws OPTION_INVALID naming the option. */
export function electionSettings(node: string, given: ElectionOptions): ElectionSettings {
  const options = readObject('election', given)
  requireKnownElection(options)
  const { storage, arbiter: _none, ...rest } = options
  const settings = { ...ELECTION_DEFAULTS, voters: [node], ...dropUndefined(rest) }
  const { clusterId, voters, clockDriftMax } = settings
  requireClusterId(clusterId)
  requireVoters(voters, VOTERS_MAX)
  checkTimes(settings)
  const isShare = typeof clockDriftMax === 'number' && clockDriftMax >= 0 && clockDriftMax <= 0.5
  requireOption(isShare, 'election.clockDriftMax', clockDriftMax, 'give a share from 0 to 0.5')
  const isStorage =
    storage === undefined ||
    (typeof storage?.load === 'function' && typeof storage.save === 'function')
  requireOption(isStorage, 'election.storage', storage, 'give { load, save }, as ballotFile does')
  return Object.freeze({ ...settings, voters: Object.freeze([...voters]) })
}

/** An option that is given as undefined is as good as none. */
const dropUndefined = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T

/** Throws OPTION_INVALID for a name that no option has. */
export const requireKnownElection = (options: ElectionOptions): void =>
  requireKnown('election', options, KNOWN)

export function requireClusterId(clusterId: unknown): void {
  const isText = typeof clusterId === 'string' && clusterId !== ''
  const isShort = isText && Buffer.byteLength(clusterId) <= CLUSTER_ID_BYTES_MAX
  const told = `give a name of at most ${CLUSTER_ID_BYTES_MAX} bytes`
  requireOption(isShort, 'election.clusterId', clusterId, told)
}

export function requireVoters(voters: readonly string[], most: number): void {
  const isList = Array.isArray(voters) && voters.length > 0 && voters.length <= most
  const told = `give 1 to ${most} names of nodes, the same at all voters`
  requireOption(isList, 'election.voters', voters, told)
  for (const [at, voter] of voters.entries()) {
    const isNode = typeof voter === 'string' && isNodeName(voter)
    requireOption(isNode, `election.voters[${at}]`, voter, 'give the name of a node: name@host')
    const isFirst = voters.indexOf(voter) === at
    requireOption(isFirst, `election.voters[${at}]`, voter, 'name each node once')
  }
}

function checkTimes(settings: ElectionSettings): void {
  const { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs } = settings
  const check = (name: keyof ElectionSettings, value: number, holds: boolean, told: string): void =>
    requireOption(Number.isFinite(value) && holds, `election.${name}`, value, told)
  check('heartbeatMs', heartbeatMs, heartbeatMs >= 1, 'give milliseconds, 1 or more')
  const isEnough = electionTimeoutMinMs > 2 * heartbeatMs
  const least = 'give more than two heartbeats: one may be late'
  check('electionTimeoutMinMs', electionTimeoutMinMs, isEnough, least)
  const isLonger = electionTimeoutMaxMs > electionTimeoutMinMs
  const spread = 'give more than electionTimeoutMinMs: chance keeps voters apart'
  check('electionTimeoutMaxMs', electionTimeoutMaxMs, isLonger, spread)
}
