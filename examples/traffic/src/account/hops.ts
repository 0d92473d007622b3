/**
 * account/hops: what was counted at each hop a packet makes, read at one moment.
 *
 * Raw counters only; account/account draws the conclusions. A hop counts what it took and what
 * it handed on, so what died with a process between two hops shows as their difference.
 *
 *   sender -> kernel -> socket -> port -> event -> pool -> worker -> storage
 */

import type { RejectCause } from '#traffic/packet/verdict'
import type { StoreOutcome } from '#traffic/store/position-table'

/** Where a packet can be dropped while everybody lives. */
export const STAGES = Object.freeze(['kernel', 'socket', 'mailbox', 'pool', 'storage'] as const)
export type Stage = (typeof STAGES)[number]

/** With what a packet can be lost: the way into the sockets, or a part that was killed. */
export const PARTS = Object.freeze(['socket', 'pool', 'worker', 'storage'] as const)
export type Part = (typeof PARTS)[number]

export interface Hops {
  /** Packets our own sender gave to the kernel without an error; 0 when we send none. */
  readonly ownSent: number
  /** Datagrams that came in from our own sender. */
  readonly ownReceived: number
  /** Datagrams that came in, from anybody. */
  readonly received: number
  /** Datagrams the kernel dropped for want of buffer; `unknown` where it does not tell. */
  readonly kernelDropped: number | 'unknown'
  /** Datagrams read while no port was there to take them. */
  readonly unread: number
  /** Datagrams above the size limit, refused by the port. */
  readonly oversize: number
  /** Datagrams the port published. */
  readonly published: number
  /** Publications that reached the mailbox of a pool. */
  readonly delivered: number
  /** Publications the full mailbox of the pool refused. */
  readonly mailboxFull: number
  /** Publications no worker had room for. */
  readonly poolSaturated: number
  /** Packets a worker began with. */
  readonly workerTook: number
  /** Packets a worker refused, by cause. */
  readonly rejected: Readonly<Record<RejectCause, number>>
  /** Positions the mailbox of storage took. */
  readonly handed: number
  /** Positions storage was not there for, or had no room for. */
  readonly notHanded: number
  /** What storage did with the positions it took. */
  readonly outcomes: Readonly<Record<StoreOutcome, number>>
  /** Packets now in the mailboxes of pool and workers. */
  readonly waitingForWorker: number
  /** Positions now in the mailbox of storage. */
  readonly waitingForStorage: number
  /** How often each part has ended since the start. */
  readonly deaths: Readonly<Record<Part, number>>
}
