/**
 * ingest/pool: the workers that take packets, behind one subscription to the event.
 *
 * The pool subscribes by itself and spreads what is published over its workers, so there is no
 * dispatcher that could die. Limit: `WORKER_MAILBOX_MAX` packets for each worker; when all are
 * full a packet is dropped at stage `pool`.
 */

import { type AnySpawnable, type Datagram, type EventName, type ProcessName, pool } from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import type { Outbox } from '#traffic/emergency/outbox'
import type { Storage } from '#traffic/store/storage'
import type { Roster } from '#traffic/system/roster'
import { ingestWorker, STORAGE_HERE } from './worker.js'

/** Workers that decode packets. */
export const WORKERS = 5

/** Packets that may wait for one worker. */
export const WORKER_MAILBOX_MAX = 1_024

export function ingestPool(
  event: EventName<Datagram>,
  ledger: Ledger,
  roster: Roster,
  outbox: Outbox,
  reply?: Uint8Array,
  storage: ProcessName<typeof Storage> = STORAGE_HERE,
): AnySpawnable {
  return pool({
    name: 'ingest',
    worker: ingestWorker,
    workerArgs: [ledger, roster, outbox, reply, storage],
    size: WORKERS,
    workerMailbox: { lengthMax: WORKER_MAILBOX_MAX },
    subscribe: [event],
    // Chaos may strike several times a second, and each packet meanwhile has one worker less.
    respawn: { restarts: 100, withinMs: 10_000 },
  })
}
