/**
 * replay/schedule: which rows of a recording are due now.
 *
 * Pure: the clock is an argument. A replay that fell behind catches up in bursts of at most
 * `BURST_MAX` rows, since a longer burst is what a receive buffer cannot hold.
 */

import { BURST_MAX } from '#traffic/fleet/pace'
import type { RecordedRow } from './row.js'

/** How recorded time becomes our time. */
export interface Timing {
  /** Recorded milliseconds that pass in one of ours: 60 plays an hour in a minute. */
  readonly speed: number
  /** When the replay started, on the clock that `nextRows` is asked with. */
  readonly startedAtMs: number
}

export interface ScheduleVerdict {
  /** Index after the last row to send now; equal to the cursor when none is due. */
  readonly end: number
  /** Wait before asking again, in milliseconds; 0 when more rows are due already. */
  readonly waitMs: number
  /** True when no row is left after these. */
  readonly isDone: boolean
}

/** When a row recorded at `atMs` is due, given when the recording starts. */
export function dueAtMs(timing: Timing, firstAtMs: number, atMs: number): number {
  return timing.startedAtMs + (atMs - firstAtMs) / timing.speed
}

/** The rows from `cursor` on that are due at this moment. */
export function nextRows(
  rows: readonly RecordedRow[],
  cursor: number,
  timing: Timing,
  nowMs: number,
): ScheduleVerdict {
  const firstAtMs = rows[0]?.atMs ?? 0
  const burstEnd = Math.min(rows.length, cursor + BURST_MAX)
  let end = cursor
  for (; end < burstEnd; end += 1) {
    const waitMs = dueAtMs(timing, firstAtMs, rows[end]?.atMs ?? 0) - nowMs
    if (waitMs > 0) return { end, waitMs, isDone: false }
  }
  return { end, waitMs: 0, isDone: end === rows.length }
}
