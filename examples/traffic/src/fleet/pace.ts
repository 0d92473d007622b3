/**
 * fleet/pace: how many packets are due now at a steady rate.
 *
 * Pure: the clock is an argument. A sender that was held up catches up in bursts of at most
 * `BURST_MAX`, since a long burst is what a receive buffer cannot hold.
 */

/**
 * The most packets sent in one turn of the event loop: as many as the same loop reads in a turn,
 * so that a sender in the same program cannot outrun its receiver.
 */
export const BURST_MAX = 32

export interface Pace {
  readonly packetsPerSecond: number
  readonly startedAtMs: number
}

export interface PaceVerdict {
  /** Packets to send now. */
  readonly due: number
  /** Packets that are late and still to be sent, after these. */
  readonly behind: number
  /** Wait until the next packet is due, in milliseconds; 0 when some are late already. */
  readonly waitMs: number
}

/** What a sender that has sent `sent` packets since the start has to do at this moment. */
export function duePackets(pace: Pace, sent: number, nowMs: number): PaceVerdict {
  const elapsedMs = Math.max(0, nowMs - pace.startedAtMs)
  const wanted = Math.floor((elapsedMs * pace.packetsPerSecond) / 1_000)
  const late = Math.max(0, wanted - sent)
  const due = Math.min(late, BURST_MAX)
  if (late > due) return { due, behind: late - due, waitMs: 0 }
  const nextAtMs = ((sent + due + 1) * 1_000) / pace.packetsPerSecond
  return { due, behind: 0, waitMs: Math.max(0, nextAtMs - elapsedMs) }
}
