/**
 * page/base/clock: time and chance of the browser. Nobody else on the page asks for them.
 */

/** Milliseconds since 1970. */
export const nowMs = (): number => Date.now()

/** Runs it once, later; what is handed back forgets it. */
export function after(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}

/** Runs it again and again; what is handed back ends that. */
export function every(intervalMs: number, run: () => void): () => void {
  const timer = setInterval(run, intervalMs)
  return () => clearInterval(timer)
}

/** A number from 0 to below 1. */
export const chance = (): number => Math.random()

/** Nothing to do may never come: then it runs after so long all the same. */
const IDLE_MS = 1_000

/** Runs it once, when the browser has nothing else to do. */
export function whenIdle(run: () => void): void {
  // Safari does not say when that is.
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: IDLE_MS })
  else setTimeout(run, 1)
}
