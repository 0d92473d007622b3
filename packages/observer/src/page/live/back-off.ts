/**
 * page/live/back-off: how long to wait before the next try. Pure.
 */

const FIRST_MS = 500
export const LONGEST_MS = 15_000

/** Doubles with each try up to a limit; the last half is chance, so that viewers spread out. */
export function backOffMs(tries: number, chance: number): number {
  const wholeMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10))
  return Math.round(wholeMs / 2 + (wholeMs / 2) * chance)
}
