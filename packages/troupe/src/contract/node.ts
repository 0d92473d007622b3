/**
 * contract/node: what a node promises its program, and the options it starts with.
 *
 * @source ergo-features 2, 3 (introspection), 14, 15
 */
import type { ApplicationInfo, ApplicationSpec, ApplicationStartOptions } from './application.js'
import type { BehaviourKind } from './behaviour.js'
import type { EventOptions, EventToken, Spawner } from './context.js'
import type { Cron, CronJob } from './cron.js'
import type { EventName, Pid, Target } from './identity.js'
import type { LogSink, LogThreshold, NodeLog } from './logger.js'
import type { ExitReason } from './reason.js'
import type { Sender } from './sender.js'
import type { DropCause } from './signal.js'

/** What a process is doing. */
export type ProcessState = 'init' | 'idle' | 'running' | 'waiting' | 'ending'

/** What is known of a process; a snapshot. */
export interface ProcessInfo {
  readonly pid: Pid
  readonly name: string | undefined
  readonly behaviour: string
  readonly kind: BehaviourKind
  readonly protocol: string | undefined
  readonly state: ProcessState
  readonly parent: Pid | undefined
  readonly leader: Pid | undefined
  readonly application: string | undefined
  readonly trapExit: boolean
  readonly links: readonly Target[]
  /** What it monitors. */
  readonly monitors: readonly Target[]
  /** How many monitor it. */
  readonly watchers: number
  readonly aliases: number
  readonly events: readonly string[]
  readonly timers: number
  readonly mailbox: {
    readonly urgent: number
    readonly system: number
    readonly main: number
    readonly log: number
    /** How long the oldest message of the main queue has waited, in milliseconds. */
    readonly oldestWaitMs: number
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
  readonly uptimeMs: number
  /** How often a supervisor has restarted this child. */
  readonly restarts: number
  /** What `inspect` of the actor answers. */
  readonly inspected: Readonly<Record<string, unknown>> | undefined
}

/**
 * Where all messages of a node went. It closes:
 * `sent = handled + waiting + handling + the sum of dropped`.
 */
export interface Account {
  /** Messages and requests accepted or refused since the start. */
  readonly sent: number
  readonly handled: number
  /** In mailboxes now. */
  readonly waiting: number
  /** Taken from a mailbox, their handler not yet settled. */
  readonly handling: number
  readonly dropped: Readonly<Record<DropCause, number>>
}

export interface NodeInfo {
  readonly name: string
  readonly creation: number
  readonly uptimeMs: number
  readonly version: string
  readonly processes: number
  readonly zombies: number
  readonly names: number
  readonly aliases: number
  readonly events: number
  readonly applications: readonly string[]
  readonly spawned: number
  readonly spawnFailed: number
  readonly ended: number
  /** Promises that rejected with nobody listening, in the whole program, since the start. */
  readonly floatingRejections: number
  /** Answers that came when their caller had given up. */
  readonly unwantedReplies: number
  readonly account: Account
}

export interface EventInfo {
  readonly event: EventName
  readonly owner: Pid | undefined
  readonly open: boolean
  readonly buffer: number
  readonly subscribers: number
  readonly published: number
  readonly delivered: number
}

/** How local messages are checked for sharing. */
export type SharingCheck = 'off' | 'freeze' | 'clone'

export interface NodeOptions {
  /** Values every process inherits, keys case-insensitive. */
  readonly env?: Readonly<Record<string, unknown>>
  /** Level of the node's log; default `info`. */
  readonly logLevel?: LogThreshold
  /** Where records go; default one plain console sink. Give [] for silence. */
  readonly logSinks?: readonly LogSink[]
  /** Loaded and started in this order; any failure aborts the start. */
  readonly applications?: readonly ApplicationSpec[]
  readonly cronJobs?: readonly CronJob[]
  /** Open events that exist before any application. */
  readonly events?: readonly (EventOptions & { readonly name: string })[]
  /** Longest graceful stop before everything left is killed, in milliseconds; default 60,000. */
  readonly stopTimeoutMs?: number
  /** Stop on SIGTERM and SIGINT; default true. */
  readonly handleSignals?: boolean
  /** Development: freeze or clone local messages to catch shared state; default `off`. */
  readonly sharing?: SharingCheck
}

export const NODE_DEFAULTS = Object.freeze({ stopTimeoutMs: 60_000, handleSignals: true })

/** A running node. */
export interface Node extends Sender, Spawner {
  readonly name: string
  readonly creation: number
  readonly log: NodeLog
  readonly cron: Cron
  /** False once `stop` was called. */
  readonly running: boolean

  whereis(name: string): Pid | undefined
  isAlive(pid: Pid): boolean
  processes(): readonly Pid[]
  processInfo(pid: Pid): ProcessInfo | undefined
  info(): NodeInfo
  account(): Account

  env(key: string): unknown
  setEnv(key: string, value: unknown): void

  registerEvent<T = unknown>(event: EventName<T> | string, options?: EventOptions): EventToken<T>
  unregisterEvent(token: EventToken): void
  publish<T>(event: EventToken<T>, message: T): void
  publish<T>(event: EventName<T>, message: T): void
  events(): readonly EventInfo[]

  /** APPLICATION_BUSY when one of this name is loaded. */
  loadApplication(spec: ApplicationSpec): void
  unloadApplication(name: string): void
  startApplication(name: string, options?: ApplicationStartOptions): Promise<void>
  stopApplication(name: string, options?: { readonly timeoutMs?: number }): Promise<void>
  applicationInfo(name: string): ApplicationInfo | undefined
  applications(): readonly ApplicationInfo[]

  /** Settles when the process has ended, with its reason; at once when it is not there. */
  ended(pid: Pid): Promise<ExitReason>

  /**
   * Stops in order: applications, then all other processes, cron, network, log. Calling it again
   * gives the same promise. Never rejects; processes left after the limit are killed and named.
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>
  /** Settles when the node has stopped, whoever stopped it. */
  readonly stopped: Promise<void>
}

/** The events every node owns: applications, connections, dead letters. */
export const NODE_EVENT = 'node'
export const DEAD_LETTER_EVENT = 'dead-letter'
