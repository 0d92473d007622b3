/**
 * account/stats-json: the account as `GET /stats` shows it.
 *
 * Pure. The totals stand at the top and close: sent = stored + rejected + dropped + lost +
 * waiting + difference. Below is what each is made of, by stage and by cause.
 */

import { type Account, balance } from './account.js'

/** What is told beside the account. */
export interface Surroundings {
  readonly vehicles: number
  /** How often each part has been started again. */
  readonly restarts: Readonly<Record<string, number>>
  readonly receiveBufferBytes: number
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
