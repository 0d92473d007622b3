/**
 * network/pace: how often an idle connection carries a sign of life, by how many there are.
 *
 * Each sign costs a write and a read at both ends, 25 us at each: 10,000 connections at the usual
 * pace take half a core. So a node with many goes slower, and tells those that come to do so too.
 * A silence is noticed as soon as before: it is counted from what came last, and the slowest pace
 * lies well within the silence that makes a node suspect. Pure.
 */

/** Up to so many connections the pace is that of the options. */
export const PEERS_AT_FULL_PACE = 2_000
/** The slowest pace, as a part of the silence that makes a node suspect. */
const SILENCE_PART = 2 / 3

/** What of the settings of a network the pace depends on, in milliseconds. */
export interface PaceSettings {
  readonly keepAliveMs: number
  readonly silenceMs: number
}

/**
 * Milliseconds from sign to sign, with so many peers, one of which has announced its own pace.
 *
 * @example paceMs({ keepAliveMs: 500, silenceMs: 1_500 }, 3_000, 0) // 750
 */
export function paceMs(settings: PaceSettings, peers: number, theirsMs: number): number {
  const { keepAliveMs, silenceMs } = settings
  const slowestMs = Math.max(keepAliveMs, silenceMs * SILENCE_PART)
  const ownMs = keepAliveMs * Math.max(1, peers / PEERS_AT_FULL_PACE)
  return Math.round(Math.min(slowestMs, Math.max(ownMs, theirsMs)))
}
