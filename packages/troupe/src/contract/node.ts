/**
 * contract/node: what a node promises its program, and the options it starts with.
 *
 * @source ergo-features 2, 3 (introspection), 14, 15
 */
import type {
  ApplicationChangeOptions,
  ApplicationInfo,
  ApplicationSpec,
  ApplicationStartOptions,
  ApplicationStopOptions,
} from './application.js'
import type { BehaviourKind } from './behaviour.js'
import type { NodeCluster } from './cluster.js'
import type { EventOptions, EventToken, Spawner } from './context.js'
import type { Cron, CronJob } from './cron.js'
import type { EventName, Pid, Target } from './identity.js'
import type { LogSink, LogThreshold, NodeLog } from './logger.js'
import type { NetworkOptions, NodeNetwork } from './network.js'
import type { ExitReason } from './reason.js'
import type { MulticallOptions, MulticallResult, RemoteGate, RemoteNode } from './remote.js'
import type { Sender } from './sender.js'
import type { DrainOptions, DrainResult, NodeServices } from './service.js'
import type { DropCause } from './signal.js'
import type { SystemOptions } from './system.js'
import type { NodeTracing, TracingOptions } from './tracing.js'

/**
 * What a process is doing: `init` runs; `idle`; a handler is on the stack (`running`); an async
 * handler has not settled (`waiting`); `terminate` runs (`ending`); killed, with a handler that
 * has not settled (`zombie`).
 */
export type ProcessState = 'init' | 'idle' | 'running' | 'waiting' | 'ending'

/** What is known of a process; a snapshot. */
export interface ProcessInfo {
  readonly pid: Pid
  /** The registered name. */
  readonly name: string | undefined
  /** The name of what it runs. */
  readonly behaviour: string
  readonly kind: BehaviourKind
  readonly protocol: string | undefined
  readonly state: ProcessState
  readonly parent: Pid | undefined
  readonly leader: Pid | undefined
  readonly application: string | undefined
  readonly trapExit: boolean
  /** Processes it is linked with, and what else it has linked to. */
  readonly links: readonly Target[]
  /** What it monitors. */
  readonly monitors: readonly Target[]
  /** How many monitor it. */
  readonly watchers: number
  readonly aliases: number
  /** Names of the events it owns. */
  readonly events: readonly string[]
  /** Timers of its own that wait. */
  readonly timers: number
  /** Messages waiting in each queue. */
  readonly mailbox: {
    readonly urgent: number
    readonly system: number
    readonly main: number
    readonly log: number
    /** How long the oldest message of the main queue has waited, in milliseconds. */
    readonly oldestWaitMs: number
    /** Its limit; Infinity without one. */
    readonly lengthMax: number
  }
  /** Messages taken from the mailbox. */
  readonly messagesIn: number
  /** Messages sent. */
  readonly messagesOut: number
  /** Times the scheduler gave it a turn. */
  readonly wakeUps: number
  /** Time in handlers, sampled at the scheduler's clock readings, in milliseconds. */
  readonly runningMs: number
  /** Milliseconds since its spawn. */
  readonly uptimeMs: number
  /** How often a supervisor has restarted this child. */
  readonly restarts: number
  /** What `inspect` of the actor answers. */
  readonly inspected: Readonly<Record<string, unknown>> | undefined
}

/**
 * Where all messages of a node went. It closes:
 * `sent = handled + waiting + handling + the sum of dropped`.
 *
 * Messages are sends, requests, publications, signals and timer turns alike.
 *
 * @source design 4.5
 */
export interface Account {
  /** Messages and requests accepted or refused since the start. */
  readonly sent: number
  /** Their handler is done. */
  readonly handled: number
  /** In mailboxes now. */
  readonly waiting: number
  /** Taken from a mailbox, their handler not yet settled. */
  readonly handling: number
  /** Not handled, by cause; each message under one cause. */
  readonly dropped: Readonly<Record<DropCause, number>>
}

/**
 * What a node is doing: its applications start; it runs; it takes itself out of the cluster and
 * finishes what it has; it stops. It never goes back.
 */
export type NodePhase = 'starting' | 'running' | 'draining' | 'stopping'

/** What is known of a node; a snapshot. Counters run since its start. */
export interface NodeInfo {
  readonly name: string
  readonly phase: NodePhase
  /** Its birth, in milliseconds since 1970; what its pids carry. */
  readonly creation: number
  readonly uptimeMs: number
  /** Of Troupe. */
  readonly version: string
  /** Alive now. */
  readonly processes: number
  /** Killed or given up, with a handler or `terminate` that has not settled. */
  readonly zombies: number
  /** Registered names. */
  readonly names: number
  readonly aliases: number
  readonly events: number
  /** Names of those that run, in the order of their start; without Troupe's own. */
  readonly applications: readonly string[]
  readonly spawned: number
  /** Spawns that were refused, or whose `init` failed. */
  readonly spawnFailed: number
  readonly ended: number
  /** Promises that rejected with nobody listening, in the whole program, since the start. */
  readonly floatingRejections: number
  /** Answers that came when their caller had given up. */
  readonly unwantedReplies: number
  readonly account: Account
}

/** What is known of an event; a snapshot. */
export interface EventInfo {
  readonly event: EventName
  /** Undefined: the node itself. */
  readonly owner: Pid | undefined
  /** Anybody on this node may publish by name. */
  readonly open: boolean
  /** Its owner is told when the first one listens and when the last one goes. */
  readonly notify: boolean
  /** Publications kept for later subscribers now. */
  readonly buffer: number
  readonly subscribers: number
  readonly published: number
  /** Publications times the subscribers each had. */
  readonly delivered: number
  /** Publications times the nodes each was sent to. */
  readonly sentAway: number
}

/**
 * How local messages are checked for sharing: not at all; frozen, so that a later change throws
 * where it is made; or cloned, so that each receiver has its own. Costs time for each message.
 */
export type SharingCheck = 'off' | 'freeze' | 'clone'

/** How a node is started. Times are milliseconds. */
export interface NodeOptions {
  /** Values every process inherits, keys case-insensitive. */
  readonly env?: Readonly<Record<string, unknown>>
  /** Level of the node's log; default `info`. */
  readonly logLevel?: LogThreshold
  /** Where records go; default one plain console sink. Give [] for silence. */
  readonly logSinks?: readonly LogSink[]
  /** Loaded and started in this order; any failure aborts the start. */
  readonly applications?: readonly ApplicationSpec[]
  /** Jobs of its calendar, added before any application starts. */
  readonly cronJobs?: readonly CronJob[]
  /** Open events that exist before any application. */
  readonly events?: readonly (EventOptions & { readonly name: string })[]
  /** Longest graceful stop before everything left is killed, in milliseconds; default 60,000. */
  readonly stopTimeoutMs?: number
  /** Stop on SIGTERM and SIGINT; default true. */
  readonly handleSignals?: boolean
  /** How it meets other nodes; default none: nothing listens and no other node is reached. */
  readonly network?: NetworkOptions
  /** What is shown of this node, to others and at home, and what other nodes may do to it. */
  readonly system?: SystemOptions
  /** Which causes are followed through processes and nodes; default none. */
  readonly tracing?: TracingOptions
  /** Development: freeze or clone local messages to catch shared state; default `off`. */
  readonly sharing?: SharingCheck
}

/** What the options of a node leave open. */
export const NODE_DEFAULTS = Object.freeze({ stopTimeoutMs: 60_000, handleSignals: true })

/**
 * A running node: what a program holds of it. It sends, calls and spawns in its own name, and
 * shows what runs on it. Made by `startNode`, or by `testNode` in virtual time.
 *
 * @source ergo-features 2
 */
export interface Node extends Sender, Spawner {
  readonly name: string
  /** Its birth, in milliseconds since 1970; later than that of each earlier life of its name. */
  readonly creation: number
  readonly log: NodeLog
  /** Its connections with other nodes. */
  readonly network: NodeNetwork
  /** The other nodes, their applications and the configuration, as its registrar knows them. */
  readonly cluster: NodeCluster
  /** The services it has used, and who does what for them. */
  readonly services: NodeServices
  /** Which traces it begins, and the spans it keeps. */
  readonly tracing: NodeTracing
  /** What it lets other nodes do. */
  readonly remote: RemoteGate
  /** Its calendar. */
  readonly cron: Cron
  /** False once `stop` was called. */
  readonly running: boolean

  /** The process with this name. */
  whereis(name: string): Pid | undefined
  /** True while a process of this node has not ended. */
  isAlive(pid: Pid): boolean
  /** All processes that are alive; a list of its own, so costly with very many. */
  processes(): readonly Pid[]
  /**
   * What one process is doing; undefined when it is not there. Asks its `inspect`.
   *
   * @example node.processInfo(pid)?.mailbox.oldestWaitMs
   */
  processInfo(pid: Pid): ProcessInfo | undefined
  info(): NodeInfo
  /** Where all messages went. Looks at each mailbox: do not ask it thousands of times a second. */
  account(): Account

  /** A value of the node's environment; keys are case-insensitive. */
  env(key: string): unknown
  /** Changes what processes spawned from now on inherit; undefined deletes. */
  setEnv(key: string, value: unknown): void

  /** Makes a topic that the node owns. NAME_TAKEN, OPTION_INVALID. */
  registerEvent<T = unknown>(event: EventName<T> | string, options?: EventOptions): EventToken<T>
  /** Ends a topic; subscribers are told `unregistered`. EVENT_UNKNOWN, EVENT_NOT_OWNED. */
  unregisterEvent(token: EventToken): void
  /** Publishes with the token, or by name when it is open. EVENT_UNKNOWN, EVENT_NOT_OWNED. */
  publish<T>(event: EventToken<T>, message: T): void
  publish<T>(event: EventName<T>, message: T): void
  /** All topics of this node. */
  events(): readonly EventInfo[]

  /**
   * Makes an application known; nothing starts. OPTION_INVALID, NAME_INVALID, NODE_STOPPED;
   * APPLICATION_BUSY when one of this name is loaded. Limit: 10,000.
   */
  loadApplication(spec: ApplicationSpec): void
  /** Forgets one that does not run. APPLICATION_UNKNOWN, APPLICATION_RUNNING, APPLICATION_BUSY. */
  unloadApplication(name: string): void
  /**
   * Starts an application after those it depends on; settles when its `start` callback is done.
   *
   * Rejects with APPLICATION_UNKNOWN, APPLICATION_RUNNING, APPLICATION_BUSY,
   * APPLICATION_DEPENDENCY, APPLICATION_START_FAILED, OPTION_INVALID, NODE_STOPPED.
   *
   * @example await node.startApplication('shop', { mode: 'permanent' })
   */
  startApplication(name: string, options?: ApplicationStartOptions): Promise<void>
  /**
   * Stops an application after those that depend on it; without effect when it does not run.
   *
   * Rejects with APPLICATION_UNKNOWN, OPTION_INVALID, and with APPLICATION_STOP_TIMEOUT after
   * `timeoutMs` milliseconds (default: no limit); it goes on stopping then. With `force` nothing is
   * waited for: callbacks are given up and processes killed, also when it is stopping already.
   */
  stopApplication(name: string, options?: ApplicationStopOptions): Promise<void>
  /**
   * Changes the weight or the tags of a loaded application; other nodes learn it at once.
   * APPLICATION_UNKNOWN, OPTION_INVALID.
   *
   * @example node.changeApplication('shop', { weight: 0 })
   */
  changeApplication(name: string, options: ApplicationChangeOptions): void
  /** One that is loaded. */
  applicationInfo(name: string): ApplicationInfo | undefined
  /** All that are loaded. */
  applications(): readonly ApplicationInfo[]

  /** A handle of another node, for questions and orders; NODE_NAME_INVALID. */
  peer(node: string): RemoteNode
  /**
   * Asks the process of one name on many nodes at once. Never rejects for one of them: each has
   * its own answer, error or time-out. OPTION_INVALID, NAME_INVALID.
   *
   * @example const { values, missing } = await node.multicall(nodes, 'stock', 'count')
   * @source OTP erpc:multicall
   */
  multicall<R = unknown>(
    nodes: readonly string[],
    to: string,
    request: string,
    payload?: unknown,
    options?: MulticallOptions,
  ): Promise<MulticallResult<R>>

  /**
   * Settles when the process has ended, with its reason; at once with `no-process` when it is not
   * there, with `no-connection` when its node is lost.
   *
   * @example const reason = await node.ended(pid)
   */
  ended(pid: Pid): Promise<ExitReason>

  /**
   * Leaves the routing of all nodes, finishes what runs and what still comes, then stops.
   *
   * Calling it again gives the same promise. Never rejects once it has begun; throws
   * OPTION_INVALID. Do not await it in a handler: it waits for that handler.
   *
   * @example const { finished, left } = await node.drain({ deadlineMs: 60_000 })
   * @source design 6; elixir-cluster 9.10
   */
  drain(options?: DrainOptions): Promise<DrainResult>
  /**
   * Stops in order: applications, then all other processes, cron, network, log. Calling it again
   * gives the same promise. Never rejects; processes left after `timeoutMs` milliseconds (default
   * `stopTimeoutMs`) are killed and named in the log. What waits in mailboxes is not handled any
   * more. Do not await it in a handler: it waits for that handler.
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>
  /** Settles when the node has stopped, whoever stopped it. */
  readonly stopped: Promise<void>
}

/**
 * The event, open and owned by every node, that tells of its applications and of other nodes that
 * come and go (`ApplicationNotice`, `PeerNotice`).
 */
export const NODE_EVENT = 'node'
/** The event, open and owned by every node, that tells what nobody handled (`DeadLetter`). */
export const DEAD_LETTER_EVENT = 'dead-letter'
