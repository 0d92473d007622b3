/**
 * network/liveness/options: where a node answers probes, and when silence counts.
 *
 * @source design 5; ergo-features 19 (SoftwareKeepAlive)
 */
export type { LivenessOptions } from '#contract'

import { LIVENESS_DEFAULTS, type LivenessOptions, requireDuration, requireOption } from '#contract'

/** Options with nothing left open but what is advertised. */
export type CompleteLiveness = typeof LIVENESS_DEFAULTS & LivenessOptions

const isPort = (port: unknown): boolean =>
  port === undefined ||
  (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535)

/** The options with their defaults. Throws OPTION_INVALID naming the one that cannot be. */
export function completeLiveness(given: LivenessOptions = {}): CompleteLiveness {
  requireDuration('liveness.beatMs', given.beatMs)
  requireOption(isPort(given.port), 'liveness.port', given.port, 'give 0 to 65535')
  const { advertisedPort, answersPerSecondMax } = given
  requireOption(isPort(advertisedPort), 'liveness.advertisedPort', advertisedPort, 'give a port')
  const isRate = answersPerSecondMax === undefined || answersPerSecondMax >= 1
  const option = 'liveness.answersPerSecondMax'
  requireOption(isRate, option, answersPerSecondMax, 'give 1 or more')
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.freeze({ ...LIVENESS_DEFAULTS, ...Object.fromEntries(entries) })
}

/** When silence becomes suspicion, and suspicion a verdict. Times are milliseconds. */
export interface SuspicionLimits {
  /** A silence that makes a node suspect. */
  readonly silenceMs: number
  /** So many probes in a row without an answer are the end. */
  readonly probesMax: number
  /** From probe to probe. */
  readonly probeIntervalMs: number
  /** A node whose loop is behind by more than this counts as lost, though it answers. */
  readonly loopBlockedMaxMs: number
  /** A silence that is the end where probes prove nothing, because none was ever answered. */
  readonly unprovenSilenceMaxMs: number
}

export const SUSPICION_DEFAULTS: SuspicionLimits = Object.freeze({
  silenceMs: 1_500,
  probesMax: 3,
  probeIntervalMs: 300,
  loopBlockedMaxMs: 60_000,
  unprovenSilenceMaxMs: 15_000,
})
