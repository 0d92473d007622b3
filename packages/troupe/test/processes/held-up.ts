/**
 * held-up: how long this program did not run while it could have, so that a time limit is one for
 * the program and not for the machine.
 */
import { steadyMs } from '#base/clock'

const TICK_MS = 20

/** Looks from now on; `ms` ends that and tells how long it was held up in all. */
export function heldUp(): { ms(): number } {
  let lastMs = steadyMs()
  let lostMs = 0
  const look = (): void => {
    const nowMs = steadyMs()
    lostMs += Math.max(0, nowMs - lastMs - 2 * TICK_MS)
    lastMs = nowMs
  }
  const timer = setInterval(look, TICK_MS)
  return {
    ms: () => {
      clearInterval(timer)
      look()
      return lostMs
    },
  }
}
