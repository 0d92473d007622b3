/**
 * cluster/remote/link-sheets: the connections, leaders and configuration of a node: plain data.
 * Times are milliseconds.
 *
 * @source ergo-features 17, 25, 28 and weakness 25; elixir-cluster 6.2 to 6.5
 */
import type { ConfigLevel, ConnectionInfo, Pid } from '#contract'

/** All that is known of one connection. */
export interface ConnectionSheet extends ConnectionInfo {
  /** How far its clock is ahead of ours, in milliseconds; undefined: it was never asked. */
  readonly clockAheadMs: number | undefined
}

/** Which connection: the other node. */
export interface ConnectionQuestion {
  readonly node: string
}

/** Something here that is led, and how it stands. */
export interface LeaderSheet {
  readonly clusterId: string
  readonly pid: Pid
  readonly name: string | undefined
  readonly role: 'leader' | 'follower' | 'candidate' | 'observer'
  readonly decidedBy: 'vote' | 'arbiter'
  readonly term: number
  readonly leader: Pid | undefined
  readonly leaseLeftMs: number
  readonly voters: readonly string[]
  readonly heard: readonly Pid[]
  /** The last changes of who leads, the newest first; at most 20. */
  readonly changes: readonly {
    readonly timeMs: number
    readonly term: number
    readonly leader: string | undefined
  }[]
}

/** One value of the configuration, and which level it comes from. */
export interface ConfigSheet {
  readonly item: string
  /** As it is, a bigint as digits; a secret, and what is too long, is not it but a mark. */
  readonly value: unknown
  /** What `value` is where it stands: `"96"` is a string. */
  readonly type: 'string' | 'number' | 'bigint' | 'boolean'
  /** `value` is the whole value: it may be changed and written back. */
  readonly whole: boolean
  /** It has the name of a secret. */
  readonly hidden: boolean
  readonly level: ConfigLevel
  /** At a level of nodes: the name under which it stands. */
  readonly node: string | undefined
}
