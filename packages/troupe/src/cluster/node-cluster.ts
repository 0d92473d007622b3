/**
 * cluster/node-cluster: the cluster of one node: its registrar, its members, its remote verbs.
 *
 * Joins the parts and decides nothing: what happens at home goes to the registrar and to the
 * membership, what the registrar tells goes to the membership and onto the node's bus.
 *
 * @source design 6
 */
import {
  type ApplicationRoute,
  type Cluster,
  type ClusterHome,
  type ConfigChange,
  type ConfigGiven,
  type ConfigHeld,
  type ConfigTyped,
  type ConfigValue,
  type Coverage,
  type DuplicateInfo,
  describeThrown,
  type EventToken,
  type MemberInfo,
  type MembershipOptions,
  type MulticallOptions,
  type MulticallResult,
  type NodeCluster,
  type NodeNotice,
  type NodeRoute,
  type OwnApplicationRoute,
  type Pid,
  REGISTRAR_EVENT,
  type Registrar,
  type RegistrarEvent,
  type RegistrarHome,
  type RegistrarInfo,
  type RemoteGate,
  type RemoteNode,
  type RemoteSpawnOptions,
  TroupeError,
} from '#contract'
import { readConfigChange } from './config/config-change.js'
import { TypedItems } from './config/typed-items.js'
import type { Membership } from './membership/membership.js'
import { ALONE, openMembership } from './membership/open-membership.js'
import { multicall } from './remote/multicall.js'
import { AllowanceTable } from './remote/remote-gate.js'
import { RemoteOperations } from './remote/remote-operations.js'
import type { NodeRouting } from './routing/node-routing.js'

/** Publications of the registrar that late subscribers are given. */
const EVENTS_KEPT = 1_000

/** What a registrar needs that the node does not have. */
export type RegistrarSurroundings = Pick<
  RegistrarHome,
  'hidden' | 'randomBytes' | 'keyFor' | 'addresses' | 'liveness' | 'side' | 'folder'
>

/** What the process that answers other nodes serves. */
export interface ServingParts {
  /** NOT_ALLOWED before the cluster of the node has started. */
  readonly home: ClusterHome
  /** What others may. */
  readonly gate: AllowanceTable
  /** How late the loop of this node is, in milliseconds. */
  loopDelayMs(): number
  /** How far the clock of another node is ahead of ours; undefined: it was never asked. */
  clockAheadMs(node: string): number | undefined
}

/** What the cluster of a node is made of. */
export interface ClusterParts {
  /** Undefined: other nodes are known by `network.peers` alone. */
  readonly registrar: Registrar | undefined
  readonly surroundings: RegistrarSurroundings
  /** How late the loop of this node is, in milliseconds. */
  readonly loopDelayMs?: () => number
  readonly membership?: MembershipOptions
  /** Is told what changes the way to a service. */
  readonly routing?: NodeRouting
  /** Nodes that the option `peers` names. */
  readonly named?: readonly string[]
}

export class ClusterOfNode implements Cluster, NodeCluster {
  readonly #parts: ClusterParts
  readonly #remote = new RemoteOperations()
  readonly #items = new TypedItems({
    value: (item) => {
      const values = this.config(item)
      return Object.hasOwn(values, item) ? values[item] : undefined
    },
    tell: (event) => this.#tell(event),
    log: () => this.#home?.node.log,
  })
  #home: ClusterHome | undefined
  #token: EventToken<RegistrarEvent> | undefined
  readonly #gate = new AllowanceTable()
  #started = false
  #membership: Membership | undefined = undefined

  constructor(parts: ClusterParts) {
    this.#parts = parts
  }

  get control(): NodeCluster {
    return this
  }

  get gate(): RemoteGate {
    return this.#gate
  }

  /** What this node asks of others. */
  get remote(): RemoteOperations {
    return this.#remote
  }

  async start(home: ClusterHome): Promise<void> {
    const { registrar } = this.#parts
    this.#remote.start(home)
    const membership = openMembership(home, this.#parts, this.#remote)
    this.#membership = membership
    this.#home = home
    const { node } = home
    this.#token = node.registerEvent<RegistrarEvent>(REGISTRAR_EVENT, { buffer: EVENTS_KEPT })
    if (registrar !== undefined) await this.#startRegistrar(home, registrar)
    this.#started = true
    membership.start()
  }

  /** What this node does for others. */
  get serving(): ServingParts {
    const { loopDelayMs = () => 0 } = this.#parts
    const remote = this.#remote
    const gate = this.#gate
    return {
      gate,
      get home() {
        return remote.home
      },
      loopDelayMs,
      clockAheadMs: (node) => remote.estimate(node)?.clockOffsetMs,
    }
  }

  async #startRegistrar(home: ClusterHome, registrar: Registrar): Promise<void> {
    const { node, clock, random, version } = home
    await registrar.start({
      ...{ node: node.name, creation: node.creation, version, clock, random, log: node.log },
      ...this.#parts.surroundings,
      tell: (event) => this.#tell(event),
    })
  }

  #tell(event: RegistrarEvent): void {
    if (this.#token !== undefined) this.#home?.node.publish(this.#token, event)
    if (event.kind === 'config-updated') this.#items.changed(event.item)
    this.#membership?.told(event)
    this.#parts.routing?.told(event)
  }

  noticed(notice: NodeNotice): void {
    const registrar = this.#started ? this.#parts.registrar : undefined
    if (notice.kind === 'application-changed') this.#announce(notice.route, registrar)
    else if (notice.kind === 'application-unloaded') registrar?.removeApplication(notice.name)
    else if (notice.kind === 'name-clash') this.#membership?.clashed(notice)
    else this.#membership?.noticed(notice)
  }

  /** An application that cannot be made known runs all the same. */
  #announce(route: OwnApplicationRoute, registrar: Registrar | undefined): void {
    try {
      registrar?.putApplication(route)
    } catch (thrown) {
      const problem = describeThrown(thrown)
      const fields = { application: route.name, problem }
      this.#remote.home.node.log.warning('an application is not known to other nodes', fields)
    }
  }

  /** Where the registrar says that a node is; undefined: it does not know it. */
  routeTo(node: string): NodeRoute | undefined | Promise<NodeRoute | undefined> {
    return this.#started ? this.#parts.registrar?.resolve(node) : undefined
  }

  get registrar(): RegistrarInfo | undefined {
    const info = this.#parts.registrar?.info()
    if (info === undefined || this.#items.refused === 0) return info
    const { CONFIG_INVALID: refused = 0 } = info.refused
    return { ...info, refused: { ...info.refused, CONFIG_INVALID: refused + this.#items.refused } }
  }

  nodes(): readonly NodeRoute[] {
    return this.#parts.registrar?.nodes() ?? []
  }

  async resolve(node: string): Promise<NodeRoute> {
    const route = await this.routeTo(node)
    if (route === undefined) throw new TroupeError('NO_ROUTE', { node })
    return route
  }

  applications(name?: string): readonly ApplicationRoute[] {
    return this.#parts.registrar?.applications(name) ?? []
  }

  config(...items: string[]): Readonly<Record<string, ConfigValue>> {
    return this.#parts.registrar?.config(items.length === 0 ? undefined : items) ?? {}
  }

  configHeld(): Iterable<ConfigHeld> {
    return this.#parts.registrar?.configHeld?.() ?? []
  }

  async changeConfig(change: ConfigChange): Promise<boolean> {
    const { registrar } = this.#parts
    const read = readConfigChange(change, this.#remote.home.node.name)
    if (registrar?.changeConfig !== undefined) return registrar.changeConfig(read)
    const problem = registrar === undefined ? 'this node has no registrar' : fixedBy(registrar)
    throw new TroupeError('CONFIG_FIXED', { problem })
  }

  configItem<G extends ConfigGiven>(item: string, given?: G): ConfigTyped<G> {
    return this.#items.item(item, given)
  }

  followConfig<G extends ConfigGiven>(
    item: string,
    given: G,
    take: (value: ConfigTyped<G>) => void,
  ): () => void {
    return this.#items.follow(item, given, take)
  }

  members(): readonly MemberInfo[] {
    return this.#membership?.members() ?? []
  }

  member(node: string): MemberInfo | undefined {
    return this.#membership?.member(node)
  }

  coverage(): Coverage {
    return this.#membership?.coverage() ?? ALONE
  }

  duplicates(): readonly DuplicateInfo[] {
    return this.#membership?.duplicates() ?? []
  }

  peer(node: string): RemoteNode {
    return this.#remote.peer(node)
  }

  spawnAt(
    parent: Pid,
    node: string,
    factory: string,
    options: RemoteSpawnOptions | undefined,
  ): Promise<Pid> {
    return this.#remote.spawn(parent, node, factory, options)
  }

  async multicall<R>(
    nodes: readonly string[],
    to: string,
    request: string,
    payload: unknown,
    options: MulticallOptions | undefined,
  ): Promise<MulticallResult<R>> {
    const { node, clock } = this.#remote.home
    return multicall<R>(node, clock, { nodes, to, request, payload, options })
  }

  async leave(): Promise<void> {
    if (this.#started) await this.#parts.registrar?.leave()
  }

  async stop(): Promise<void> {
    const wasStarted = this.#started
    this.#started = false
    this.#membership?.stop()
    if (wasStarted) await this.#parts.registrar?.stop()
  }
}

const fixedBy = ({ kind }: Registrar): string => `the registrar ${kind} keeps what it was given`
