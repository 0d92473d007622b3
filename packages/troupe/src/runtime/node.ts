/**
 * runtime/node: one running node as its program sees it.
 *
 * @source ergo-features 2
 */
import { systemClock } from '#base/clock'
import { systemRandom } from '#base/random'
import {
  type Account,
  type ApplicationChangeOptions,
  type ApplicationInfo,
  type ApplicationSpec,
  type ApplicationStartOptions,
  type ApplicationStopOptions,
  type Cron,
  type DrainOptions,
  type DrainResult,
  describeThrown,
  type EventInfo,
  type EventName,
  type EventOptions,
  type EventToken,
  type KnownOptions,
  type MulticallOptions,
  type MulticallResult,
  NODE_DEFAULTS,
  type Node,
  type NodeCluster,
  type NodeInfo,
  type NodeLog,
  type NodeNetwork,
  type NodeOptions,
  type NodeServices,
  type NodeTracing,
  type Pid,
  type ProcessInfo,
  type RemoteGate,
  type RemoteNode,
  requireDrainOptions,
  requireDuration,
  requireKnown,
  requireOption,
  systemOptions,
} from '#contract'
import { Actions } from './actions.js'
import type { ApplicationTable } from './applications/index.js'
import { Arrivals } from './arrivals.js'
import { contextOf } from './context.js'
import type { CronTable } from './cron/index.js'
import { drainNode } from './draining.js'
import { floatingRejections, watchFloating } from './floating.js'
import { Inspection } from './inspection.js'
import { Kernel, type World } from './kernel.js'
import { envKey, requireEnv } from './lineage.js'
import { NO_CLUSTER } from './no-cluster.js'
import { NO_ROUTING } from './no-routing.js'
import { noTracer } from './no-tracer.js'
import { NO_WIRE } from './no-wire.js'
import { DEAD } from './process.js'
import { processInfo } from './process-info.js'
import { PromiseOwners } from './promise-owner.js'
import {
  clusterHome,
  makeApplications,
  makeCron,
  requireNodeName,
  routingHome,
} from './services.js'
import { stopNode } from './stopping.js'
import { VERSION } from './version.js'

class RuntimeNode extends Actions<undefined> {
  readonly #cron: CronTable
  readonly #applications: ApplicationTable
  readonly #stopTimeoutMs: number
  readonly #unwatch: () => void
  /** Known in development only. */
  readonly #owners: PromiseOwners | undefined
  #stopping: Promise<void> | undefined
  #draining: Promise<DrainResult> | undefined
  #onStopped: () => void = () => {}
  readonly stopped: Promise<void>

  constructor(kernel: Kernel, options: NodeOptions, applications: ApplicationTable) {
    super(kernel, undefined)
    this.#stopTimeoutMs = options.stopTimeoutMs ?? NODE_DEFAULTS.stopTimeoutMs
    this.stopped = new Promise((resolve) => {
      this.#onStopped = resolve
    })
    this.#cron = makeCron(kernel)
    this.#applications = applications
    this.#owners =
      kernel.share === undefined ? undefined : new PromiseOwners(() => kernel.turn.process)
    this.#unwatch = kernel.watchFloating((thrown, promise) => {
      const owner = this.#owners?.of(promise)
      const log = owner === undefined ? kernel.log : kernel.logOf(owner)
      log.error('a promise rejected with nobody listening', { error: describeThrown(thrown) })
    })
  }

  get name(): string {
    return this.kernel.name
  }

  get creation(): number {
    return this.kernel.creation
  }

  get log(): NodeLog {
    return this.kernel.log
  }

  get network(): NodeNetwork {
    return this.kernel.wire.control
  }

  get cluster(): NodeCluster {
    return this.kernel.cluster.control
  }

  get services(): NodeServices {
    return this.kernel.routing.services
  }

  get tracing(): NodeTracing {
    return this.kernel.tracer.control
  }

  get remote(): RemoteGate {
    return this.kernel.cluster.gate
  }

  get cron(): Cron {
    return this.#cron
  }

  get running(): boolean {
    return this.#stopping === undefined
  }

  whereis(name: string): Pid | undefined {
    return this.kernel.table.named(name)
  }

  isAlive(pid: Pid): boolean {
    const process = this.kernel.table.find(pid)
    return process !== undefined && (process.flags & DEAD) === 0
  }

  processes(): readonly Pid[] {
    return this.kernel.table.all()
  }

  processInfo(pid: Pid): ProcessInfo | undefined {
    const process = this.kernel.table.find(pid)
    if (process === undefined || (process.flags & DEAD) !== 0) return undefined
    return processInfo(this.kernel, process)
  }

  info(): NodeInfo {
    return this.infoWith(this.account())
  }

  infoWith(account: Account): NodeInfo {
    const { table, topics, births, deaths, suspensions, calls, clock, startedMs } = this.kernel
    return Object.freeze({
      name: this.name,
      phase: this.kernel.phase,
      creation: this.creation,
      uptimeMs: clock.nowMs() - startedMs,
      version: VERSION,
      processes: table.size,
      zombies: suspensions.zombies.count,
      names: table.names,
      aliases: table.aliases,
      events: topics.size,
      applications: this.#applications.running(),
      spawned: births.spawned,
      spawnFailed: births.failed,
      ended: deaths.count,
      floatingRejections: floatingRejections(),
      unwantedReplies: calls.unwanted,
      account,
    })
  }

  account(): Account {
    return this.kernel.account()
  }

  env(key: string): unknown {
    return this.kernel.rootLineage.env.get(envKey(key))
  }

  setEnv(key: string, value: unknown): void {
    this.kernel.setEnv(envKey(key), value)
  }

  registerEvent<T>(event: EventName<T> | string, options: EventOptions = {}): EventToken<T> {
    return this.kernel.topics.register(event, options, undefined)
  }

  unregisterEvent(token: EventToken): void {
    this.kernel.topics.unregister(token, undefined)
    this.kernel.relations.gone(token.event, 'unregistered')
  }

  publish(event: EventToken | EventName, message: unknown): void {
    const { share, topics, tracing } = this.kernel
    const origin = tracing?.publishing(undefined, event)
    topics.publish(origin, event, share === undefined ? message : share(message))
  }

  events(): readonly EventInfo[] {
    return this.kernel.topics.info()
  }

  loadApplication(spec: ApplicationSpec): void {
    this.#applications.load(spec)
  }

  unloadApplication(name: string): void {
    this.#applications.unload(name)
  }

  /** Starts Troupe's own application: first of all, and it stops last. */
  startSystem(spec: ApplicationSpec): Promise<void> {
    this.#applications.load(spec, 'own')
    return this.#applications.start(spec.name)
  }

  startApplication(name: string, options?: ApplicationStartOptions): Promise<void> {
    return this.#applications.start(name, options)
  }

  stopApplication(name: string, options?: ApplicationStopOptions): Promise<void> {
    return this.#applications.stop(name, options)
  }

  changeApplication(name: string, options: ApplicationChangeOptions): void {
    this.#applications.change(name, options)
  }

  applicationInfo(name: string): ApplicationInfo | undefined {
    return this.#applications.info(name)
  }

  applications(): readonly ApplicationInfo[] {
    return this.#applications.infos()
  }

  peer(node: string): RemoteNode {
    requireNodeName(node)
    return this.kernel.cluster.peer(node)
  }

  multicall<R>(
    nodes: readonly string[],
    to: string,
    request: string,
    payload?: unknown,
    options?: MulticallOptions,
  ): Promise<MulticallResult<R>> {
    return this.kernel.cluster.multicall(nodes, to, request, payload, options)
  }

  drain(options: DrainOptions = {}): Promise<DrainResult> {
    requireDrainOptions(options)
    this.#draining ??= drainNode(this.kernel, options, () => this.stop())
    return this.#draining
  }

  stop(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    requireOptions(options)
    requireDuration('timeoutMs', options.timeoutMs)
    this.#stopping ??= this.#stop(options.timeoutMs ?? this.#stopTimeoutMs)
    return this.#stopping
  }

  async #stop(timeoutMs: number): Promise<void> {
    const verbs = {
      stopApplications: (limitMs: number) => this.#applications.stopAll(limitMs),
      stopCron: () => this.#cron.stop(),
    }
    await stopNode(this.kernel, verbs, timeoutMs)
    this.#unwatch()
    this.#owners?.stop()
    this.#onStopped()
  }
}

function requireOptions(options: unknown): void {
  const holds = typeof options === 'object' && options !== null
  requireOption(holds, 'options', options, 'give an object')
}

const NODE_KNOWN: KnownOptions<NodeOptions> = Object.freeze({
  env: true,
  logLevel: true,
  logSinks: true,
  applications: true,
  cronJobs: true,
  events: true,
  stopTimeoutMs: true,
  handleSignals: true,
  network: true,
  sharing: true,
  system: true,
  tracing: true,
})

function checkNodeOptions(options: NodeOptions): void {
  requireOptions(options)
  requireKnown('', options, NODE_KNOWN)
  requireEnv(options.env)
  systemOptions(options.system)
  requireDuration('stopTimeoutMs', options.stopTimeoutMs)
  const { sharing, logSinks, applications, cronJobs, events, handleSignals = true } = options
  const isFlag = typeof handleSignals === 'boolean'
  requireOption(isFlag, 'handleSignals', handleSignals, 'give true or false')
  const checks = ['off', 'freeze', 'clone', undefined]
  requireOption(checks.includes(sharing), 'sharing', sharing, 'one of off, freeze, clone')
  for (const [option, list] of Object.entries({ logSinks, applications, cronJobs, events })) {
    const isList = Array.isArray(list) && list.every((item) => typeof item === 'object' && item)
    requireOption(list === undefined || isList, option, list, 'give a list of objects')
  }
}

/**
 * Starts a node in a world of its own; `startNode` gives it the real one.
 *
 * Rejects with NODE_NAME_INVALID, OPTION_INVALID, or what the first application that does not
 * start reports; what had started is stopped again.
 *
 * @example const node = await createNode('test@localhost', {}, { clock, random })
 */
export async function createNode(
  name: string,
  options: NodeOptions = {},
  world: Partial<World> = {},
): Promise<Node> {
  requireNodeName(name)
  checkNodeOptions(options)
  const plain = { wire: NO_WIRE, cluster: NO_CLUSTER, routing: NO_ROUTING, makeTracer: noTracer }
  const real = { clock: systemClock, random: systemRandom, ...plain, watchFloating }
  const made: World = { system: undefined, ...real, ...world }
  const kernel = new Kernel(name, options, made, contextOf)
  const applications = makeApplications(kernel)
  const runtime = new RuntimeNode(kernel, options, applications)
  // The contract infers payloads and replies, which the class takes as they come.
  const node = runtime as unknown as Node
  try {
    // Before anybody can ask.
    const inspection = new Inspection(kernel, node, {
      info: (account) => runtime.infoWith(account),
      applications: () => applications.infos(false),
    })
    kernel.routing.start(routingHome(kernel, node))
    if (made.system !== undefined) await runtime.startSystem(made.system(inspection))
    await kernel.wire.start(new Arrivals(kernel))
    await kernel.cluster.start(clusterHome(kernel, node))
    for (const job of options.cronJobs ?? []) node.cron.add(job)
    for (const spec of options.applications ?? []) {
      node.loadApplication(spec)
      if (node.applicationInfo(spec.name)?.state === 'loaded')
        await node.startApplication(spec.name)
    }
    kernel.advance('running')
  } catch (thrown) {
    await node.stop()
    throw thrown
  }
  return node
}
