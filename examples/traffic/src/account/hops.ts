/**
 * account/hops: what was counted at each hop a packet makes, read at one moment.
 *
 * Raw counters only; account/account draws the conclusions. A hop counts what it took and what
 * it handed on, so what died with a process between two hops shows as their difference.
 *
 *   sender -> kernel -> socket -> udp port -> event -> ingest pool -> worker -> storage
 *   client -> connection of the tcp port -> tcp reader -> storage
 */

import { REJECT_CAUSES, type RejectCause } from '#traffic/packet/verdict'
import type { StoreOutcome } from '#traffic/store/position-table'
import type { RoadCounts } from './ledger.js'

/** Where a packet can be dropped while everybody lives. */
export const STAGES = Object.freeze(['kernel', 'socket', 'mailbox', 'pool', 'storage'] as const)
export type Stage = (typeof STAGES)[number]

/**
 * With which process a packet can be lost; a worker of the pool counts as `ingest`, the reader of
 * TCP and the connections as `tcp`.
 */
export const LOSERS = Object.freeze(['udp', 'ingest', 'tcp', 'storage'] as const)
export type Loser = (typeof LOSERS)[number]

/** The road of TCP. It waits where UDP would drop, so fewer things can become of a packet. */
export interface TcpHops extends RoadCounts {
  /** Chunks the connections have handed to the reader. */
  readonly received: number
  /** Chunks now in the mailbox of the reader, or in its hand. */
  readonly waiting: number
}

export interface Hops {
  /** Packets our own sender gave to the kernel without an error; 0 when we send none. */
  readonly ownSent: number
  /** Datagrams that came in, from anybody. */
  readonly received: number
  /** Datagrams the kernel dropped for want of buffer; `unknown` where it does not tell. */
  readonly kernelDropped: number | 'unknown'
  /** Datagrams read while no port was there to take them. */
  readonly unread: number
  /** Datagrams above the size limit, refused at the socket. */
  readonly oversize: number
  /** Datagrams the port published. */
  readonly published: number
  /** Publications that were put into the mailbox of the pool. */
  readonly delivered: number
  /** Publications no worker had room for. */
  readonly poolSaturated: number
  /** Packets a worker refused, by cause; this and the next three are those of UDP. */
  readonly rejected: Readonly<Record<RejectCause, number>>
  /** Positions the mailbox of storage took. */
  readonly handed: number
  /** Positions the mailbox of storage had no room for. */
  readonly mailboxFull: number
  /** Positions storage was not there for: it was being restarted. */
  readonly storageAbsent: number
  /** What storage did with the positions it took, from both roads. */
  readonly outcomes: Readonly<Record<StoreOutcome, number>>
  readonly tcp: TcpHops
  /** Packets now in the mailboxes of the pool and its workers. */
  readonly waitingForWorker: number
  /** Positions now in the mailbox of storage. */
  readonly waitingForStorage: number
  /** How often each has ended since the start. */
  readonly deaths: Readonly<Record<Loser, number>>
}

const NO_CAUSES = Object.freeze(
  Object.fromEntries(REJECT_CAUSES.map((cause) => [cause, 0])) as Record<RejectCause, number>,
)
const NO_ROAD = Object.freeze({ rejected: NO_CAUSES, handed: 0, mailboxFull: 0, storageAbsent: 0 })

/** Before the first packet. */
export const NO_HOPS: Hops = Object.freeze({
  ...NO_ROAD,
  ownSent: 0,
  received: 0,
  kernelDropped: 0,
  unread: 0,
  oversize: 0,
  published: 0,
  delivered: 0,
  poolSaturated: 0,
  outcomes: Object.freeze({ created: 0, moved: 0, superseded: 0, full: 0 }),
  tcp: Object.freeze({ ...NO_ROAD, received: 0, waiting: 0 }),
  waitingForWorker: 0,
  waitingForStorage: 0,
  deaths: Object.freeze({ udp: 0, ingest: 0, tcp: 0, storage: 0 }),
})
