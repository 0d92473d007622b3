/**
 * world/world: time as the chaos program has it; the one place that touches the machine's clocks.
 *
 * Nothing of Troupe: who judges it has clocks of his own. All else is handed a `World`.
 */

/** Time, as an argument. */
export interface World {
  /** Milliseconds since 1970, for the lines of logs. */
  wallMs(): number
  /** Milliseconds that never go back. */
  nowMs(): number
  /** Settles after so long, or at once when the signal is given. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

const nowMs = (): number => process.uptime() * 1_000

/** The time of this machine. */
export const machineWorld: World = Object.freeze({
  wallMs: () => Math.round(performance.timeOrigin + nowMs()),
  nowMs,
  wait: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted === true) return resolve()
      const due = AbortSignal.timeout(Math.max(1, Math.ceil(ms)))
      const done = (): void => {
        due.removeEventListener('abort', done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      due.addEventListener('abort', done)
      signal?.addEventListener('abort', done)
    }),
})

/** Asks again and again until it holds; false when `limitMs` is over before. */
export async function until(
  world: World,
  limits: { readonly limitMs: number; readonly everyMs: number },
  holds: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const endMs = world.nowMs() + limits.limitMs
  for (;;) {
    if (await holds()) return true
    if (world.nowMs() >= endMs) return false
    await world.wait(limits.everyMs)
  }
}
