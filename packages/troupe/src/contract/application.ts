/**
 * contract/application: a named bundle of processes that a node loads, starts and stops as one.
 *
 * @source ergo-features 14; OTP "application"
 */
import type { AnySpawnable } from './behaviour.js'
import type { SpawnOptions } from './context.js'
import type { LogThreshold } from './logger.js'
import type { NodePhase } from './node.js'
import type { ExitReason } from './reason.js'
import type { OwnApplicationRoute } from './registrar.js'

/**
 * When an application stops by itself. `temporary`: when its last member has ended. `transient`:
 * when a member ends abnormally or none is left. `permanent`: when any member ends.
 */
export type ApplicationMode = 'temporary' | 'transient' | 'permanent'

/** What an application is doing; one that has stopped is `loaded` again. */
export type ApplicationState = 'loaded' | 'starting' | 'running' | 'stopping'

/** One process an application starts, in the order of the list. */
export interface ApplicationMember {
  /** Registered name; anonymous without one. */
  readonly name?: string
  /** What it runs: a supervisor, as a rule. */
  readonly start: AnySpawnable
  /** The arguments of its `init`. */
  readonly args?: readonly unknown[]
  readonly options?: Omit<SpawnOptions, 'name'>
}

/** What the callbacks of an application are given. */
export interface ApplicationContext {
  readonly name: string
  readonly mode: ApplicationMode
  /** Milliseconds left for this callback. */
  remainingMs(): number
  /** A value of the environment of the application; keys are case-insensitive. */
  env(key: string): unknown
  /**
   * What the node is doing now, also long after the callback: a health probe that asks is told of
   * a drain before any other node is.
   */
  nodePhase(): NodePhase
  /**
   * Changes weight or tags of this application, as `node.changeApplication`: for what is known
   * only once it runs, such as a port that was free. OPTION_INVALID; nothing after its unload.
   */
  change(options: ApplicationChangeOptions): void
}

/**
 * What an application is made of. Times are milliseconds.
 *
 * @example
 * const shop = application({
 *   name: 'shop',
 *   dependsOn: ['storage'],
 *   members: [{ name: 'shop-supervisor', start: shopSupervisor }],
 * })
 * @source ergo-features 14; OTP "application"
 */
export interface ApplicationSpec {
  /** Unique on the node; at most 255 characters, not `system`. */
  readonly name: string
  readonly description?: string
  readonly version?: string
  /** Applications started first, each in its own mode. */
  readonly dependsOn?: readonly string[]
  /** In the order of their start; they stop in reverse order. */
  readonly members: readonly ApplicationMember[]
  /** Default `temporary`. */
  readonly mode?: ApplicationMode
  /** Share of work by weighted routing: a whole number, 0 = never chosen; default 100. */
  readonly weight?: number
  /** Words by which other nodes choose. */
  readonly tags?: readonly string[]
  /** Role to registered name, for callers of other nodes. */
  readonly roles?: Readonly<Record<string, string>>
  /** Values its processes inherit, on top of those of the node. */
  readonly env?: Readonly<Record<string, unknown>>
  /** Level of the logs of all its processes; default that of the node. */
  readonly logLevel?: LogThreshold
  /** Longest `init` callback, in milliseconds; default 15,000. */
  readonly initTimeoutMs?: number
  /** Longest `start` callback, in milliseconds; beyond it the start goes on; default 15,000. */
  readonly startTimeoutMs?: number
  /**
   * Longest `stop` callback, and longest wait for each member and then for all other processes
   * before they are killed, in milliseconds; default 15,000.
   */
  readonly stopTimeoutMs?: number
  /** Before any member is spawned: migrations, warm caches. A throw refuses the start. */
  init?(context: ApplicationContext): unknown
  /** After the last member has started. A throw is logged; what may refuse belongs in `init`. */
  start?(context: ApplicationContext): unknown
  /** Before members are stopped: drain. */
  stop?(context: ApplicationContext, reason: ExitReason): unknown
  /** After every process of the application has ended. */
  terminate?(reason: ExitReason): unknown
}

/** What a specification leaves open; a member or callback that takes longer is given up. */
export const APPLICATION_DEFAULTS = Object.freeze({
  mode: 'temporary' as ApplicationMode,
  weight: 100,
  initTimeoutMs: 15_000,
  startTimeoutMs: 15_000,
  stopTimeoutMs: 15_000,
})

/** What one start of an application changes of its specification. */
export interface ApplicationStartOptions {
  /** Overrides the mode of the specification. */
  readonly mode?: ApplicationMode
  /** Values on top of those of the specification. */
  readonly env?: Readonly<Record<string, unknown>>
  /** Overrides the level of the specification. */
  readonly logLevel?: LogThreshold
}

/** How an application is stopped. */
export interface ApplicationStopOptions {
  /** Longest wait of the caller, in milliseconds; it goes on stopping then. Default: no limit. */
  readonly timeoutMs?: number
  /** Its callbacks are given up and its processes killed, of those that depend on it, too. */
  readonly force?: boolean
}

/** What of a loaded application may be changed while it runs. */
export interface ApplicationChangeOptions {
  /** Share of work by weighted routing: a whole number, 0 = never chosen. */
  readonly weight?: number
  /** Words by which other nodes choose; they replace the old ones. */
  readonly tags?: readonly string[]
}

/** What is known of a loaded application; a snapshot. */
export interface ApplicationInfo {
  readonly name: string
  readonly description: string
  readonly version: string
  readonly state: ApplicationState
  readonly mode: ApplicationMode
  readonly weight: number
  readonly tags: readonly string[]
  readonly roles: Readonly<Record<string, string>>
  readonly dependsOn: readonly string[]
  /** Milliseconds since it began to run; 0 when it does not. */
  readonly uptimeMs: number
  /** Processes that belong to it now, its members' descendants included. */
  readonly processes: number
  /** It is Troupe's own: it starts before all others, stops after them, and nobody is told. */
  readonly own: boolean
}

/** Something about an application of this node has changed: what other nodes are told. */
export type ApplicationChange =
  | { readonly kind: 'application-changed'; readonly route: OwnApplicationRoute }
  | { readonly kind: 'application-unloaded'; readonly name: string }

/** What the node's own event (`NODE_EVENT`) tells about applications. */
export interface ApplicationNotice {
  readonly kind: 'application-started' | 'application-stopped'
  readonly name: string
  readonly mode: ApplicationMode
  readonly reason: ExitReason | undefined
}
