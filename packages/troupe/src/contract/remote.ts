/**
 * contract/remote: what one node may do at another one: look, spawn, start and stop applications.
 *
 * Everything that changes something is denied until the other node allows it, by name and by node.
 *
 * @source ergo-features 19 (RemoteNode), 23; OTP "erpc"
 */
import type { ApplicationInfo, ApplicationStartOptions } from './application.js'
import type { AnySpawnable } from './behaviour.js'
import type { SpawnOptions } from './context.js'
import type { TroupeError } from './errors.js'
import type { Pid } from './identity.js'
import type { PeerInfo } from './network.js'
import type { NodeInfo } from './node.js'
import type { StandardSchema } from './schema.js'

/** How a process is spawned at another node; what it needs there was allowed by a name. */
export interface RemoteSpawnOptions
  extends Pick<SpawnOptions, 'name' | 'link' | 'monitor' | 'trapExit' | 'logLevel'> {
  /** The arguments of its `init`. */
  readonly args?: readonly unknown[]
  /**
   * Send the environment of the spawner along; taken only when the other node allows that, too.
   * Default false.
   */
  readonly withEnv?: boolean
  /**
   * Longest wait, `init` included, at most 15,000; default 5,000. A process that comes later ends
   * again: nobody knows of it.
   */
  readonly timeoutMs?: number
}

/** What a node allows others by a name. */
export interface RemoteAllowance {
  /** Who may; default every node of the cluster. Names as `name@host`; `*@host`, `name@*`. */
  readonly nodes?: readonly string[]
  /** Take the environment that is sent along; default false. */
  readonly env?: boolean
  /**
   * Checks the arguments of a spawn, a list, before anything is made; what it refuses is
   * MESSAGE_INVALID. Default none.
   */
  readonly args?: StandardSchema
}

/** What a node has allowed others; a snapshot. */
export interface AllowanceInfo {
  readonly kind: 'spawn' | 'application'
  readonly name: string
  /** Empty: every node. */
  readonly nodes: readonly string[]
  /** Of these, the ones it was taken back for. */
  readonly except: readonly string[]
  readonly env: boolean
  /** How often it was used, and refused to nodes that are not among them. */
  readonly used: number
  readonly refused: number
}

/**
 * What a node lets others do: nothing until it is allowed here, and no longer than it is.
 *
 * @example node.remote.allowSpawn('worker', workerActor, { nodes: ['lead@localhost'] })
 * @source ergo-features 23
 */
export interface RemoteGate {
  /**
   * Lets other nodes spawn `definition` under a name; again with other nodes extends the list.
   * NAME_TAKEN: the name stands for another definition. Limit: 10,000 names.
   */
  allowSpawn(name: string, definition: AnySpawnable, allowance?: RemoteAllowance): void
  /**
   * Takes it back, for these nodes or all; what was spawned goes on. A node that is named counts
   * before a pattern, a denied pattern before an allowed one. SPAWN_UNKNOWN.
   */
  denySpawn(name: string, nodes?: readonly string[]): void
  /** Lets other nodes start and stop a loaded application. */
  allowApplication(name: string, allowance?: RemoteAllowance): void
  /** Takes it back, for these nodes or all. APPLICATION_UNKNOWN: it was not allowed. */
  denyApplication(name: string, nodes?: readonly string[]): void
  allowed(): readonly AllowanceInfo[]
}

/** How an application is started at another node. */
export interface RemoteStartOptions extends ApplicationStartOptions {
  /** Longest wait; default 15,000. It goes on starting meanwhile. */
  readonly timeoutMs?: number
}

/** What a `ping` found out. */
export interface PingAnswer {
  readonly node: string
  readonly creation: number
  /** From the question to the answer of its loop, in milliseconds. */
  readonly roundTripMs: number
  /** How far its wall clock is ahead of ours, in milliseconds; half a round trip may be wrong. */
  readonly clockOffsetMs: number
  /** How late its loop said it was. */
  readonly loopDelayMs: number
}

/**
 * Another node, as a handle: nothing is sent before it is asked. Every question rejects with
 * NO_ROUTE, NO_CONNECTION, CALL_TIMEOUT, NOT_ALLOWED.
 *
 * @example const { roundTripMs } = await node.peer('b@localhost').ping()
 */
export interface RemoteNode {
  readonly name: string
  /** Connected now. */
  readonly connected: boolean
  /** What this node knows of the connection. */
  readonly connection: PeerInfo | undefined
  /** Estimates over the last answers, in milliseconds; -1 and 0 before the first. */
  readonly roundTripMs: number
  readonly clockOffsetMs: number
  connect(): Promise<PeerInfo>
  disconnect(): boolean
  ping(options?: { readonly timeoutMs?: number }): Promise<PingAnswer>
  info(): Promise<NodeInfo>
  applications(): Promise<readonly ApplicationInfo[]>
  applicationInfo(name: string): Promise<ApplicationInfo | undefined>
  /**
   * Spawns what the other node allows under this name; the node itself is its parent, so nobody
   * has a right to end it. SPAWN_UNKNOWN, NOT_ALLOWED, NAME_TAKEN, INIT_FAILED, INIT_TIMEOUT,
   * MESSAGE_INVALID: the allowance has a schema, which refused the arguments.
   */
  spawn(factory: string, options?: RemoteSpawnOptions): Promise<Pid>
  /** APPLICATION_UNKNOWN, APPLICATION_RUNNING, NOT_ALLOWED, and what its start reports. */
  startApplication(name: string, options?: RemoteStartOptions): Promise<void>
  /** APPLICATION_UNKNOWN, NOT_ALLOWED, APPLICATION_STOP_TIMEOUT. */
  stopApplication(name: string, options?: { readonly timeoutMs?: number }): Promise<void>
}

/** What one node answered to a `multicall`. */
export type MulticallAnswer<R> =
  | { readonly kind: 'answer'; readonly node: string; readonly value: R; readonly tookMs: number }
  | {
      readonly kind: 'error' | 'timeout'
      readonly node: string
      readonly error: TroupeError
      readonly tookMs: number
    }

/** What all nodes answered to a `multicall`, in the order in which they were named. */
export interface MulticallResult<R> {
  /** Every node gave an answer. */
  readonly complete: boolean
  readonly answers: readonly MulticallAnswer<R>[]
  /** The values alone, in the same order. */
  readonly values: readonly R[]
  /** Nodes that gave none. */
  readonly missing: readonly string[]
}

/** How many nodes are asked at once. */
export interface MulticallOptions {
  /** For each node; default 5,000. */
  readonly timeoutMs?: number
  /** Questions that are open at a time; default 256. */
  readonly concurrency?: number
}
