/**
 * page/pages/parts/use-quiet: whether nothing has changed for a while.
 *
 * A sheet is told again only when it differs from the last: where counters stand still nothing
 * comes, and what was worked out of the last two is true no more: a rate is 0 then.
 */
import { clock, interval, streamState } from '#page/live/stream'

/** Questions to all nodes are asked less often than a viewer may want. */
const SPAN_MIN_MS = 3_000

/** Nothing was told since `atMs` though it was looked at least twice. */
export function useQuiet(atMs: number): boolean {
  if (interval.value === 'pause' || streamState.value.kind !== 'live' || atMs === 0) return false
  const spanMs = Math.max(SPAN_MIN_MS, Number(interval.value) * 1_000)
  return clock.value - atMs > 2 * spanMs
}
