/**
 * test/fake/quick-world: time that is over at once: every wait ends in the next turn, and the clock
 * has gone on by as much.
 */
import type { World } from '#chaos/world/world'

export function quickWorld(): World {
  let nowMs = 0
  return {
    wallMs: () => nowMs,
    nowMs: () => nowMs,
    wait: async (ms, signal) => {
      await new Promise((resolve) => setImmediate(resolve))
      if (signal?.aborted !== true) nowMs += Math.max(1, ms)
    },
  }
}
