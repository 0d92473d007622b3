/**
 * contract/cluster: what a node knows of all the others, and the plug by which it learns it.
 *
 * The runtime tells its cluster what happens at home and never learns what follows; the cluster
 * asks of the node what any program may. As the wire, it is an argument.
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { ApplicationChange } from './application.js'
import type { AnySpawnable } from './behaviour.js'
import type { ConfigGiven, ConfigTyped } from './config-item.js'
import type { Pid } from './identity.js'
import type { LogThreshold } from './logger.js'
import type { Coverage, DuplicateInfo, MemberInfo } from './membership.js'
import type { Node } from './node.js'
import type {
  ApplicationRoute,
  ConfigChange,
  ConfigHeld,
  ConfigValue,
  NodeRoute,
  RegistrarInfo,
} from './registrar.js'
import type {
  MulticallOptions,
  MulticallResult,
  RemoteGate,
  RemoteNode,
  RemoteSpawnOptions,
} from './remote.js'
import type { NameClash, PeerNotice } from './wire.js'

/** What happens at home and matters to the cluster. */
export type NodeNotice = PeerNotice | NameClash | ApplicationChange

/** The other nodes, as the program of a node sees them: `node.cluster`. */
export interface NodeCluster {
  /** Undefined: this node has no registrar. */
  readonly registrar: RegistrarInfo | undefined
  /** The other nodes that the registrar knows. */
  nodes(): readonly NodeRoute[]
  /** Where a node is. Rejects with NO_ROUTE. */
  resolve(node: string): Promise<NodeRoute>
  /** Routes of an application on other nodes; of all without a name. */
  applications(name?: string): readonly ApplicationRoute[]
  /** Values of the configuration that hold for this node: of the items named, or all. */
  config(...items: string[]): Readonly<Record<string, ConfigValue>>
  /** The values that hold for this node, each with the level that gives it. */
  configHeld(): Iterable<ConfigHeld>
  /**
   * Writes an entry where the configuration stands: into its file, into etcd. True when there was
   * one before. Rejects with CONFIG_FIXED where nothing can be written, CONFIG_INVALID,
   * OPTION_INVALID.
   *
   * @example await node.cluster.changeConfig({ item: 'workers', level: 'cluster', value: 8 })
   */
  changeConfig(change: ConfigChange): Promise<boolean>
  /** One value, of whatever type it is. Throws CONFIG_UNKNOWN. */
  configItem(item: string): ConfigValue
  /**
   * One value in the type of a default, which stands for it when it is not there, or in that of
   * a schema. A value that does not fit is told once (`config-invalid`), and what fitted last goes
   * on, or the default. Throws CONFIG_UNKNOWN, CONFIG_INVALID when there is none of these.
   *
   * @example const workers = node.cluster.configItem('workers', 4)
   */
  configItem<G extends ConfigGiven>(item: string, given: G): ConfigTyped<G>
  /**
   * Gives `take` one value now, and again whenever another one holds, until what it answers is
   * called. A value that does not fit, or is gone without a default, leaves the last one in force.
   * `take` runs outside of any process: let it send. Throws as `configItem`, before it gives any.
   *
   * @example node.cluster.followConfig('workers', 4, (count) => node.send('crew', 'resize', count))
   */
  followConfig<G extends ConfigGiven>(
    item: string,
    given: G,
    take: (value: ConfigTyped<G>) => void,
  ): () => void
  /** The other nodes that are known, those that are gone a while included. */
  members(): readonly MemberInfo[]
  member(node: string): MemberInfo | undefined
  coverage(): Coverage
  /** Names that two programs have claimed; the 100 that were seen last. */
  duplicates(): readonly DuplicateInfo[]
}

/** The cluster of a node, as the runtime sees it. */
export interface Cluster {
  readonly control: NodeCluster
  readonly gate: RemoteGate
  /** Called once when the network is open, before any application starts. */
  start(home: ClusterHome): Promise<void>
  /** Something has happened at home; must return at once. */
  noticed(notice: NodeNotice): void
  /** A handle of another node. */
  peer(node: string): RemoteNode
  /** A process spawns at another node. */
  spawnAt(
    parent: Pid,
    node: string,
    factory: string,
    options: RemoteSpawnOptions | undefined,
  ): Promise<Pid>
  multicall<R>(
    nodes: readonly string[],
    to: string,
    request: string,
    payload: unknown,
    options: MulticallOptions | undefined,
  ): Promise<MulticallResult<R>>
  /** The node begins to stop: the others are told. */
  leave(): Promise<void>
  /** The network is closed. */
  stop(): Promise<void>
}

/** The node a cluster serves. */
export interface ClusterHome {
  readonly node: Node
  readonly clock: Clock
  readonly random: Random
  /** Of Troupe. */
  readonly version: string
  /** What a process of this node hands on to those it spawns, or what the node does. */
  lineageOf(parent: Pid | undefined): SpawnerLineage
  /** Makes a process that another node has asked for; settles when its `init` is done. */
  spawnFor(asked: FarSpawn): Promise<Pid>
  /** The node that asked has taken a process over, or does not want it: then it ends. */
  settleSpawn(node: string, pid: Pid, keep: boolean): void
  /** The near half of what a spawn elsewhere ties; false: the parent has ended. */
  adopt(
    parent: Pid,
    child: Pid,
    ties: { readonly link: boolean; readonly monitor: boolean },
  ): boolean
}

/** What goes from a spawner to what it spawns at another node. */
export interface SpawnerLineage {
  readonly application: string | undefined
  /** Undefined: that of its node. */
  readonly logLevel: LogThreshold | undefined
  readonly env: Readonly<Record<string, unknown>>
}

/** A process to be made for another node. */
export interface FarSpawn {
  readonly definition: AnySpawnable
  /** Who asks, as its connection proved it; may be this node. */
  readonly node: string
  /** Undefined: the node itself. */
  readonly parent: Pid | undefined
  readonly link: boolean
  /** Told for the own node only: elsewhere the parent's node monitors by itself. */
  readonly monitor: boolean
  readonly name: string | undefined
  readonly trapExit: boolean | undefined
  readonly args: readonly unknown[]
  readonly application: string | undefined
  readonly logLevel: LogThreshold | undefined
  /** Only what this node agreed to take. */
  readonly env: Readonly<Record<string, unknown>> | undefined
}
