/**
 * emergency/circuit: whether the service is worth asking, from how its last answers were.
 *
 * Pure: every function gives the next state. After some failures in a row the circuit opens and
 * nothing is sent; then a single attempt probes, and its success closes it for all.
 *
 *   closed --failures--> open --wait is over--> probing --success--> closed
 *                          ^------- failure -------'
 *
 * @source "Release It!" by Michael Nygard, the circuit breaker
 */

import { type BackoffOptions, backoffMs } from './backoff.js'

export interface CircuitOptions extends BackoffOptions {
  /** Failures in a row, of whatever emergencies, that open it. */
  readonly failuresMax: number
}

export type Circuit =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number; readonly openings: number }
  | { readonly kind: 'probing'; readonly key: string; readonly openings: number }

export const CLOSED: Circuit = Object.freeze({ kind: 'closed', failures: 0 })

/** Whether an attempt may start now; `untilMs` says when to ask again. */
export type Leave =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'probe-is-out' }

export function leaveOf(circuit: Circuit, nowMs: number): Leave {
  switch (circuit.kind) {
    case 'closed':
      return { kind: 'go' }
    case 'open':
      return circuit.untilMs <= nowMs ? { kind: 'go' } : { kind: 'wait', untilMs: circuit.untilMs }
    case 'probing':
      return { kind: 'probe-is-out' }
  }
}

/** The attempt with this key has started; on an open circuit it is the probe. */
export function afterStart(circuit: Circuit, key: string): Circuit {
  return circuit.kind === 'open' ? { kind: 'probing', key, openings: circuit.openings } : circuit
}

/** The service has taken or refused something: it is there. */
export function afterSuccess(): Circuit {
  return CLOSED
}

export interface FailedAttempt {
  readonly key: string
  readonly nowMs: number
  /** A number in [0, 1). */
  readonly chance: number
  /** The least wait the service asked for. */
  readonly retryAfterMs: number
}

/** An attempt has failed; one that started before the circuit opened changes nothing. */
export function afterFailure(
  circuit: Circuit,
  failed: FailedAttempt,
  options: CircuitOptions,
): Circuit {
  switch (circuit.kind) {
    case 'open':
      return circuit
    case 'probing':
      return circuit.key === failed.key ? opened(circuit.openings + 1, failed, options) : circuit
    case 'closed': {
      const failures = circuit.failures + 1
      return failures < options.failuresMax
        ? { kind: 'closed', failures }
        : opened(1, failed, options)
    }
  }
}

/** Nobody will hear how the probe went: another one may start at once. */
export function afterInterruption(circuit: Circuit, nowMs: number): Circuit {
  if (circuit.kind !== 'probing') return circuit
  return { kind: 'open', untilMs: nowMs, openings: circuit.openings }
}

function opened(openings: number, failed: FailedAttempt, options: CircuitOptions): Circuit {
  const { nowMs, chance, retryAfterMs } = failed
  // One node of the service that asks for an hour must not silence all emergencies for so long.
  const askedMs = Math.min(retryAfterMs, options.maxMs)
  const waitMs = Math.max(backoffMs(options, openings, chance), askedMs)
  return { kind: 'open', untilMs: nowMs + waitMs, openings }
}
