/**
 * start/stop-order: what the launcher does with each request to stop. Pure.
 *
 * npm may deliver one Ctrl-C twice, and a terminal delivers it to every process of the group, so a
 * repeat within a second is the same request. A later one is a person who will not wait.
 */

export const REPEAT_MS = 1_000

/**
 * @typedef {{ readonly askedAtMs: number | undefined }} StopState
 * @typedef {'ask' | 'ignore' | 'force'} StopVerdict
 */

/** @type {StopState} */
export const NOT_ASKED = Object.freeze({ askedAtMs: undefined })

/**
 * @param {StopState} state
 * @param {number} nowMs
 * @returns {readonly [StopState, StopVerdict]}
 */
export function onStopRequest(state, nowMs) {
  if (state.askedAtMs === undefined) return [{ askedAtMs: nowMs }, 'ask']
  return [state, nowMs - state.askedAtMs < REPEAT_MS ? 'ignore' : 'force']
}
