/**
 * client/etcd-client: what this package asks of an etcd, as verbs with a deadline each.
 *
 * A contract: `connectEtcd` makes the real one over gRPC. Keys and values are bytes, since others
 * may have written anything; text given is UTF-8. Revisions are numbers, exact up to 2^53; ids of
 * leases are text, since they are not. Knows nothing of routes, configuration or leaders.
 *
 * @source etcd v3.4 API reference (etcdserverpb, mvccpb)
 */

/** Text is taken as UTF-8. */
export type Bytes = string | Uint8Array

/** One key, all that begin alike, or all from one up to another one, without that. */
export type KeyRange =
  | { readonly key: Bytes }
  | { readonly prefix: Bytes }
  | { readonly from: Bytes; readonly to: Bytes }

/** What stands under a key. */
export interface KeyValue {
  readonly key: Buffer
  readonly value: Buffer
  /** The revision in which it was made, and that of its last change. */
  readonly createRevision: number
  readonly modRevision: number
  /** Changes since it was made, from 1. */
  readonly version: number
  /** The lease it ends with; undefined: none. */
  readonly lease: string | undefined
}

/** How one call waits. */
export interface EtcdCallOptions {
  /**
   * The whole call, every attempt included; default `requestTimeoutMs` of the client. Of
   * `rangeAll` each page: a range that takes long is read to its end while pages come.
   */
  readonly timeoutMs?: number
  /** Ends the wait; what was sent may happen all the same. */
  readonly signal?: AbortSignal
  /**
   * Whether it may be sent again when it is not known what became of it. Reads are; default false.
   */
  readonly retry?: boolean
}

export interface RangeAsk {
  readonly range: KeyRange
  /** At most so many; default all, as far as 4 MB go. */
  readonly limit?: number
  /** As it was in that revision; default now. */
  readonly revision?: number
  readonly keysOnly?: boolean
}

export interface RangeAnswer {
  /** Of the store, when it answered. */
  readonly revision: number
  /** In the order of their keys. */
  readonly keys: readonly KeyValue[]
  /** There are more than `limit`. */
  readonly more: boolean
}

/** What must hold for a transaction. A key that is not there has create and mod revision 0. */
export type Compare =
  | {
      readonly key: Bytes
      readonly target: 'create' | 'mod' | 'version'
      readonly is: '=' | '!=' | '<' | '>'
      readonly than: number
    }
  | {
      readonly key: Bytes
      readonly target: 'lease'
      readonly is: '=' | '!='
      readonly than: string
    }
  | { readonly key: Bytes; readonly target: 'value'; readonly is: '=' | '!='; readonly than: Bytes }

/** One act of a transaction. `lease`: the key ends with it. */
export type Act =
  | { readonly kind: 'put'; readonly key: Bytes; readonly value: Bytes; readonly lease?: string }
  | { readonly kind: 'delete'; readonly range: KeyRange }
  | ({ readonly kind: 'range' } & RangeAsk)

/** If all of `when` holds `acts` are done, else `otherwise`; at once, and seen by all as one. */
export interface Txn {
  readonly when?: readonly Compare[]
  readonly acts?: readonly Act[]
  readonly otherwise?: readonly Act[]
}

export interface TxnAnswer {
  readonly revision: number
  /** Whether all of `when` held. */
  readonly held: boolean
  /** One for each act; keys for a `range` only. */
  readonly answers: readonly { readonly keys: readonly KeyValue[]; readonly more: boolean }[]
}

export interface Grant {
  readonly lease: string
  /** As etcd gave it, which may be more than was asked for. */
  readonly ttlMs: number
}

export type WatchEvent =
  | { readonly kind: 'put'; readonly entry: KeyValue }
  | { readonly kind: 'delete'; readonly key: Buffer; readonly modRevision: number }

/** All that happened in one revision or several; never a part of one. */
export interface WatchBatch {
  /** Everything up to this revision has been given. */
  readonly revision: number
  /** Empty: nothing has happened up to `revision`. */
  readonly events: readonly WatchEvent[]
}

/** Why a watch ended, if it was not called off. */
export type WatchEnd =
  /** What it was to begin with is no longer kept: read all, and watch from there. */
  | { readonly kind: 'compacted'; readonly oldest: number }
  /** The store is behind what was seen: an old state of it was restored, or it is another one. */
  | { readonly kind: 'rewound'; readonly revision: number }
  /** For good: not allowed, say. What passes is mended within and told by `state` alone. */
  | { readonly kind: 'refused'; readonly problem: string }

export interface WatchAsk {
  readonly range: KeyRange
  /** The first revision that is told. */
  readonly fromRevision: number
  /** Takes what happened, in order, nothing twice and nothing left out. */
  readonly take: (batch: WatchBatch) => void
  /** It has lost its line, or has one again; told when it changes. */
  readonly state?: (line: 'up' | 'down', problem?: string) => void
  readonly ended: (end: WatchEnd) => void
}

/** Something that goes on until it is closed. */
export interface Running {
  close(): void
}

/** A lease that is kept alive. */
export interface HeldLease {
  readonly id: string
  /** As etcd gave it. */
  readonly ttlMs: number
  /**
   * Until when it certainly lives, on the client's steady clock: from when the last question that
   * was answered had been sent. Grows while it is kept.
   */
  readonly untilMs: number
  /** Settles when it is certain that it has ended, or that this client has let go of it. */
  readonly ended: Promise<'expired' | 'revoked' | 'closed'>
  /** Ends it, and all keys with it; settles when etcd has confirmed, or the deadline is over. */
  revoke(): Promise<void>
  /** Keeps it alive no longer, without a word to etcd. */
  close(): void
}

/** What one endpoint says of itself. */
export interface EndpointStatus {
  readonly endpoint: string
  readonly version: string
  /** Of the cluster, in hexadecimal: another one is another cluster. */
  readonly clusterId: string
  readonly memberId: string
  readonly isLeader: boolean
  readonly revision: number
  readonly dbBytes: number
}

/**
 * An etcd, wherever it answers. Every verb settles within its deadline, whatever etcd does.
 * All reject with ETCD_UNREACHABLE (nothing was sent), ETCD_TIMEOUT (it may have happened),
 * ETCD_REFUSED (it was not done: not allowed, too large, malformed, out of space).
 */
export interface EtcdClient {
  readonly endpoints: readonly string[]
  /** The steady clock that `HeldLease.untilMs` is of. */
  nowMs(): number
  range(ask: RangeAsk, options?: EtcdCallOptions): Promise<RangeAnswer>
  /** All pages of a range, as of one revision; `timeoutMs` is for each page, `signal` for all. */
  rangeAll(range: KeyRange, options?: EtcdCallOptions): Promise<RangeAnswer>
  txn(txn: Txn, options?: EtcdCallOptions): Promise<TxnAnswer>
  grant(ttlMs: number, options?: EtcdCallOptions): Promise<Grant>
  revoke(lease: string, options?: EtcdCallOptions): Promise<void>
  /** How long a lease still lives, of whomever it is, in milliseconds; 0: it has ended. */
  timeToLive(lease: string, options?: EtcdCallOptions): Promise<number>
  /** Grants a lease and keeps it alive. */
  hold(ttlMs: number, options?: EtcdCallOptions): Promise<HeldLease>
  /** Begins to watch; answers at once. */
  watch(ask: WatchAsk): Running
  /** Since etcd 3.6 one that asks for passwords tells it to root alone: ETCD_REFUSED. */
  status(endpoint: string, options?: EtcdCallOptions): Promise<EndpointStatus>
  compact(revision: number, options?: EtcdCallOptions): Promise<void>
  /** Ends every watch and lets go of every lease; afterwards all reject with ETCD_CLOSED. */
  close(): void
}
