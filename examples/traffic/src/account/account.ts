/**
 * account/account: where every packet went: sent = stored + rejected + dropped + lost + waiting.
 *
 * Pure. `lost` is derived from the hops: what one hop handed on, less what the next one took,
 * dropped or still has waiting, died with the process in between and is named after it. A gap
 * where nothing has died is explained by nothing: it is left in the difference of the balance.
 * Nobody here knows how many packets others sent, so `sent` is what reached the machine:
 * received plus what the kernel says it dropped, and never less than what we sent ourselves.
 */

import { REJECT_CAUSES, type RejectCause } from '#traffic/packet/verdict'
import type { StoreOutcome } from '#traffic/store/position-table'
import { type Hops, LOSERS, type Loser, type Stage } from './hops.js'
import type { RoadCounts } from './ledger.js'

/** How a packet was stored; `full` is a drop and not among them. */
export type Stored = Exclude<StoreOutcome, 'full'>

export interface Account {
  readonly sent: number
  /** `sent` by the road the packets came in on. */
  readonly sentOver: Readonly<Record<'udp' | 'tcp', number>>
  readonly stored: Readonly<Record<Stored, number>>
  readonly rejected: Readonly<Record<RejectCause, number>>
  /** `unknown` for the kernel where it does not tell; then it counts as 0 in the totals. */
  readonly dropped: Readonly<Record<Exclude<Stage, 'kernel'>, number>> & {
    readonly kernel: number | 'unknown'
  }
  /** By the process it died with; 0 for one that has never ended. */
  readonly lost: Readonly<Record<Loser, number>>
  /** On the way: in the kernel's buffer or in a mailbox now. */
  readonly waiting: number
}

/** The totals of an account and what they leave unexplained. */
export interface Balance {
  readonly sent: number
  readonly stored: number
  readonly rejected: number
  readonly dropped: number
  readonly lost: number
  readonly waiting: number
  /** sent - stored - rejected - dropped - lost - waiting: 0 unless a packet went uncounted. */
  readonly difference: number
}

/** Draws up the account of these readings. */
export function accountOf(hops: Hops): Account {
  const kernel = hops.kernelDropped === 'unknown' ? 0 : hops.kernelDropped
  const arrived = hops.received + kernel
  const inKernel = Math.max(0, hops.ownSent - arrived)
  const waiting = hops.waitingForWorker + hops.waitingForStorage + hops.tcp.waiting + inKernel
  return Object.freeze({
    sent: arrived + inKernel + hops.tcp.received,
    sentOver: Object.freeze({ udp: arrived + inKernel, tcp: hops.tcp.received }),
    stored: storedOf(hops),
    rejected: rejectedOf(hops),
    dropped: droppedOf(hops),
    lost: lostOf(hops),
    waiting,
  })
}

/** The totals, and what of `sent` they leave unexplained. */
export function balance(account: Account): Balance {
  const { kernel, ...named } = account.dropped
  const stored = sum(account.stored)
  const rejected = sum(account.rejected)
  const dropped = sum(named) + (kernel === 'unknown' ? 0 : kernel)
  const lost = sum(account.lost)
  const { sent, waiting } = account
  const difference = sent - stored - rejected - dropped - lost - waiting
  return Object.freeze({ sent, stored, rejected, dropped, lost, waiting, difference })
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)

function storedOf(hops: Hops): Account['stored'] {
  const { created, moved, superseded } = hops.outcomes
  return { created, moved, superseded }
}

function rejectedOf(hops: Hops): Account['rejected'] {
  const rejected = { ...hops.rejected }
  for (const cause of REJECT_CAUSES) rejected[cause] += hops.tcp.rejected[cause]
  rejected.oversize += hops.oversize
  return rejected
}

function droppedOf(hops: Hops): Account['dropped'] {
  return {
    kernel: hops.kernelDropped,
    socket: hops.unread,
    mailbox: hops.mailboxFull + hops.tcp.mailboxFull,
    // A publication nobody was subscribed to: the pool was being restarted.
    pool: hops.poolSaturated + hops.published - hops.delivered,
    storage: hops.storageAbsent + hops.tcp.storageAbsent + hops.outcomes.full,
  }
}

/** Packets of a road that something became of before storage. */
export const answeredOn = (road: RoadCounts): number =>
  sum(road.rejected) + road.handed + road.mailboxFull + road.storageAbsent

function lostOf(hops: Hops): Account['lost'] {
  const { published, delivered, poolSaturated, waitingForWorker } = hops
  const handed = hops.handed + hops.tcp.handed
  const gaps: Readonly<Record<Loser, number>> = {
    udp: hops.received - hops.unread - hops.oversize - published,
    ingest: delivered - poolSaturated - waitingForWorker - answeredOn(hops),
    tcp: hops.tcp.received - hops.tcp.waiting - answeredOn(hops.tcp),
    storage: handed - sum(hops.outcomes) - hops.waitingForStorage,
  }
  const explained = LOSERS.map((loser) => {
    return [loser, hops.deaths[loser] > 0 ? Math.max(0, gaps[loser]) : 0] as const
  })
  return Object.fromEntries(explained) as Readonly<Record<Loser, number>>
}
