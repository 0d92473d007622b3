/**
 * cluster/routing/retry-wait: how long to wait before a request is tried again.
 *
 * Twice as long each time, and by chance between half and one and a half of it, so that callers who
 * failed together do not come back together.
 */
import type { Random } from '#base/random'

/** No wait is longer, in milliseconds. */
export const WAIT_MS_MAX = 1_000

/** Milliseconds before the try after `tries` of them. */
export function retryWaitMs(backoffMs: number, tries: number, random: Random): number {
  const plain = Math.min(WAIT_MS_MAX, backoffMs * 2 ** (tries - 1))
  return plain * (0.5 + random.unit())
}
