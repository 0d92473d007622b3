/**
 * cluster/remote/link-sheets: the connections, leaders and configuration of a node: plain data.
 * Times are milliseconds.
 *
 * @source ergo-features 17, 25, 28 and weakness 25; elixir-cluster 6.2 to 6.5
 */
import type { ConfigLevel, PeerInfo, Pid } from '#contract'

/** A limit of a connection, and how much of it is used. */
export interface UsageSheet {
  readonly used: number
  readonly limit: number
}

/** All that is known of one connection; `undefined` parts are not known of this transport. */
export interface ConnectionSheet {
  readonly info: PeerInfo
  readonly bytesOut: number
  /** How far its clock is ahead of ours, in milliseconds; undefined: not worked out yet. */
  readonly clockAheadMs: number | undefined
  readonly sendBuffer: UsageSheet
  /** Large messages under way in pieces, each direction, and pieces since it came up. */
  readonly fragments: {
    readonly sending: number
    readonly receiving: number
    readonly sent: number
    readonly received: number
    readonly messagesSent: number
    readonly messagesReceived: number
    readonly gaveUp: number
  }
  /** Messages that travelled compressed, their bytes then and before. */
  readonly compression: {
    readonly aboveBytes: number | undefined
    readonly sent: number
    readonly sentBytes: number
    readonly sentOriginalBytes: number
    readonly received: number
    readonly receivedBytes: number
    readonly receivedOriginalBytes: number
  }
  /** Names and shapes that both sides agreed to write as numbers. */
  readonly dictionaries: { readonly sent: UsageSheet; readonly received: UsageSheet }
  /** What both can do; names of the flags of the handshake. */
  readonly flags: readonly string[]
  /** Mailboxes that are held for want of credit, the longest held first; at most 50. */
  readonly heldMailboxes: readonly {
    readonly to: string
    readonly direction: 'ours' | 'theirs'
    readonly waiting: number
    readonly heldMs: number
  }[]
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
  /** Printed; secrets are hidden. */
  readonly value: unknown
  readonly level: ConfigLevel
  /** At a level of nodes: the name under which it stands. */
  readonly node: string | undefined
}
