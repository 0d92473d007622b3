/**
 * contract/drain-check: the check of the options of a drain, and what they leave open.
 */
import { type KnownOptions, requireKnown } from './known-options.js'
import { requireDuration, requireObject, requireOption } from './limits.js'
import type { DrainOptions } from './service.js'

/** What the options of a drain leave open. Times are milliseconds. */
export const DRAIN_DEFAULTS = Object.freeze({ deadlineMs: 30_000, quietMs: 250 })

const KNOWN: KnownOptions<DrainOptions> = Object.freeze({
  deadlineMs: true,
  quietMs: true,
  progress: true,
})

/** Throws OPTION_INVALID, naming the option. */
export function requireDrainOptions(options: DrainOptions): void {
  requireObject('drain', options)
  requireKnown('drain', options, KNOWN)
  const { progress } = options
  requireDuration('deadlineMs', options.deadlineMs)
  requireDuration('quietMs', options.quietMs)
  const isFunction = progress === undefined || typeof progress === 'function'
  requireOption(isFunction, 'progress', progress, 'give a function')
}
