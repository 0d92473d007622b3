/**
 * test/list/jumping-clock: preloaded into one program, its wall clock jumps hours ahead and back.
 *
 * What the machine calls `Date` is all that jumps; steady time goes on as it does in reality.
 */
const HOUR_MS = 3_600_000
const JUMPS_MS = [0, 5 * HOUR_MS, -3 * HOUR_MS, 26 * HOUR_MS, -48 * HOUR_MS]
const EVERY_MS = 700

const honest = Date.now.bind(Date)
const startMs = honest()
Date.now = () => {
  const nowMs = honest()
  return nowMs + (JUMPS_MS[Math.floor((nowMs - startMs) / EVERY_MS) % JUMPS_MS.length] ?? 0)
}
