/**
 * emergency/backoff: how long to wait after so many failures in a row.
 *
 * Pure; chance is an argument. The wait doubles up to a limit, and chance takes away up to half
 * of it, so that those who failed together do not come back together.
 *
 * @source "Exponential Backoff And Jitter", AWS Architecture Blog 2015 (equal jitter)
 */

export interface BackoffOptions {
  /** The longest wait after the first failure, in milliseconds; above 0. */
  readonly firstMs: number
  /** The longest wait ever, in milliseconds; at least `firstMs`. */
  readonly maxMs: number
}

/**
 * Milliseconds to wait: between half of the bound and the bound, which doubles.
 *
 * @param failures in a row, at least 1
 * @param chance a number in [0, 1)
 * @example backoffMs({ firstMs: 250, maxMs: 30_000 }, 3, 0.5) // 750
 */
export function backoffMs(options: BackoffOptions, failures: number, chance: number): number {
  const boundMs = Math.min(options.maxMs, options.firstMs * 2 ** (failures - 1))
  return boundMs * (0.5 + 0.5 * chance)
}
