/**
 * account/stats-json: the account as `GET /stats` shows it.
 *
 * Pure. The totals stand at the top and close: sent = stored + rejected + dropped + lost +
 * waiting + difference. Below is what each is made of, by stage and by cause. All counts begin
 * anew with the program, at `countedSince`; what is of the disk and older is named so.
 */

import type { emergenciesJson } from '#traffic/emergency/tally'
import type { DiskStats } from '#traffic/store/write-behind'
import { type Account, balance } from './account.js'

/** What is told beside the account. */
export interface Surroundings {
  readonly vehicles: number
  /** Vehicles that were forgotten because they were silent for too long. */
  readonly expired: number
  /** How often each part has been started again. */
  readonly restarts: Readonly<Record<string, number>>
  /** What the kernel granted for packets that wait to be read. */
  readonly receiveBufferBytes: number
  /** What goes to disk; a failure there costs no packet, since memory has it. */
  readonly disk?: DiskStats | undefined
  /** Where every emergency went; an account of its own that closes by itself. */
  readonly emergencies?: ReturnType<typeof emergenciesJson> | undefined
  /** The connections of the TCP port. */
  readonly tcp?: Readonly<Record<string, unknown>> | undefined
  /** Connections and requests of the web port. */
  readonly web?: Readonly<Record<string, unknown>> | undefined
  /** Time of all cores together since the start. */
  readonly cpuSeconds: number
  readonly residentBytes: number
  /** When this run began to count: ISO 8601, UTC. */
  readonly countedSince: string
  /** The programs it runs in; undefined when there is but one. */
  readonly programs?: Readonly<Record<string, unknown>> | undefined
  readonly uptimeMs: number
}

export function statsJson(account: Account, surroundings: Surroundings) {
  const total = balance(account)
  return {
    ...total,
    closes: total.difference === 0,
    sentOver: account.sentOver,
    storedAs: account.stored,
    rejectedFor: account.rejected,
    droppedAt: account.dropped,
    lostWith: account.lost,
    ...surroundings,
  }
}
