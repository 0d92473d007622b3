/**
 * connect/pause: waiting, which somebody may cut short.
 */

/** Settles after so many milliseconds, or at once when the signal is given. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(ms)])
    either.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Tells when the person wants to end it; `stop` listens no longer. */
export function untilInterrupted(listen: (taker: () => void) => () => void): {
  readonly signal: AbortSignal
  readonly stop: () => void
} {
  const controller = new AbortController()
  const stop = listen(() => controller.abort())
  return { signal: controller.signal, stop }
}
