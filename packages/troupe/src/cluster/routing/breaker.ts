/**
 * cluster/routing/breaker: when a node that fails is left alone, and when it is tried again.
 *
 * Pure: what it is, and what has happened, give what it is now. Closed, it lets everything through
 * and counts failures in a row. Open, it lets nothing through for a while; then exactly one
 * request, the probe, which closes it or opens it for twice as long. What other requests come to
 * meanwhile was sent before it opened, and decides nothing; nor does a probe that outlives its
 * breaker, which began anew with another life of the node.
 *
 * ```text
 *           failures in a row            its time is over, one request
 *  closed ---------------------> open ---------------------------------> half-open
 *    ^                             ^           the probe fails: twice the time  |  |
 *    |                             +------------------------------------------ +  |
 *    +------------------------------------------ the probe is answered -----------+
 * ```
 *
 * @source "Release It!" (Nygard), circuit breaker; design 6
 */
import type { BreakerOptions, BreakerState } from '#contract'

export interface Breaker {
  readonly state: BreakerState
  /** In a row. */
  readonly failures: number
  /** How long it is or was open, and until when by the clock; milliseconds. */
  readonly openMs: number
  readonly untilMs: number
}

/**
 * What has happened to a request. `probe`: one is on its way through an open breaker; `abandoned`:
 * its caller gave it up, so that nothing is known.
 */
export type BreakerInput =
  | 'answered'
  | 'failed'
  | 'probe'
  | 'probe-answered'
  | 'probe-failed'
  | 'probe-abandoned'

export const CLOSED: Breaker = Object.freeze({
  ...{ state: 'closed' as const, failures: 0, openMs: 0, untilMs: 0 },
})

/** What a breaker is after this. */
export function breakerAfter(
  breaker: Breaker,
  input: BreakerInput,
  nowMs: number,
  options: Required<BreakerOptions>,
): Breaker {
  const failures = breaker.failures + 1
  switch (input) {
    case 'answered':
      return breaker.state === 'closed' ? CLOSED : breaker
    case 'failed': {
      const counted = { ...breaker, failures }
      const isTooMany = breaker.state === 'closed' && failures >= options.failures
      return isTooMany ? opened(failures, options.openMs, nowMs) : counted
    }
    case 'probe':
      return mayProbe(breaker, nowMs) ? { ...breaker, state: 'half-open' } : breaker
    default:
      return breaker.state === 'half-open' ? probed(breaker, input, nowMs, options) : breaker
  }
}

/** The probe has come to this. */
function probed(
  breaker: Breaker,
  input: 'probe-answered' | 'probe-failed' | 'probe-abandoned',
  nowMs: number,
  { openMs, openMaxMs }: Required<BreakerOptions>,
): Breaker {
  if (input === 'probe-answered') return CLOSED
  if (input === 'probe-abandoned') return { ...breaker, state: 'open', untilMs: nowMs }
  const doubledMs = Math.min(Math.max(openMs, breaker.openMs * 2), Math.max(openMs, openMaxMs))
  return opened(breaker.failures + 1, doubledMs, nowMs)
}

const opened = (failures: number, openMs: number, nowMs: number): Breaker => ({
  ...{ state: 'open' as const, failures, openMs, untilMs: nowMs + openMs },
})

/** It has been open long enough, and no probe is on its way. */
export const mayProbe = ({ state, untilMs }: Breaker, nowMs: number): boolean =>
  state === 'open' && nowMs >= untilMs

/** Milliseconds until it lets a probe through; 0 unless it is open. */
export const opensInMs = ({ state, untilMs }: Breaker, nowMs: number): number =>
  state === 'open' ? Math.max(0, untilMs - nowMs) : 0
