/**
 * runtime/no-cluster: the cluster of a node without a network: there are no other nodes.
 */
import {
  type Cluster,
  type ConfigGiven,
  type ConfigTyped,
  configReply,
  type NodeCluster,
  type RemoteGate,
  TroupeError,
} from '#contract'

const refusal = (operation: string): TroupeError =>
  new TroupeError('NOT_ALLOWED', { operation, problem: 'give startNode the option network' })

/** Nothing is configured: what stands for an item is all there is. */
function defaultOf<G extends ConfigGiven>(item: string, given?: G): ConfigTyped<G> {
  const reply = configReply(undefined, given)
  if (reply.kind === 'value') return reply.value as ConfigTyped<G>
  if (reply.kind === 'missing') throw new TroupeError('CONFIG_UNKNOWN', { item })
  throw new TroupeError('CONFIG_INVALID', { item, problem: reply.problem })
}

const NO_CONTROL: NodeCluster = Object.freeze({
  registrar: undefined,
  nodes: () => [],
  resolve: async (node) => {
    throw new TroupeError('NO_ROUTE', { node })
  },
  applications: () => [],
  config: () => ({}),
  configHeld: () => [],
  changeConfig: async () => {
    throw new TroupeError('CONFIG_FIXED', { problem: 'this node has no registrar' })
  },
  configItem: defaultOf,
  followConfig: (item, given, take) => {
    take(defaultOf(item, given))
    return () => {}
  },
  members: () => [],
  member: () => undefined,
  duplicates: () => [],
  coverage: () => ({
    ...{ expected: 1, connected: 1, responding: 1 },
    ...{ suspect: [], unresponsive: [], gone: [] },
  }),
} satisfies NodeCluster)

const NO_GATE: RemoteGate = Object.freeze({
  allowSpawn: () => {
    throw refusal('remote.allowSpawn')
  },
  denySpawn: () => {
    throw refusal('remote.denySpawn')
  },
  allowApplication: () => {
    throw refusal('remote.allowApplication')
  },
  denyApplication: () => {
    throw refusal('remote.denyApplication')
  },
  allowed: () => [],
} satisfies RemoteGate)

export const NO_CLUSTER: Cluster = Object.freeze({
  control: NO_CONTROL,
  gate: NO_GATE,
  start: async () => {},
  noticed: () => {},
  peer: () => {
    throw refusal('peer')
  },
  spawnAt: async () => {
    throw refusal('spawnAt')
  },
  multicall: async () => {
    throw refusal('multicall')
  },
  leave: async () => {},
  stop: async () => {},
} satisfies Cluster)
