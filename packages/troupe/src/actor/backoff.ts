/**
 * actor/backoff: how long to wait before the next attempt. Pure: chance is an argument.
 *
 * @source "Exponential Backoff And Jitter" (AWS Architecture Blog); ergo-features weakness 10
 */
import { requireObject, requireOption } from '#contract'

/** Waits between the restarts of a child that keeps failing. */
export interface Backoff {
  /** Restarts at once before the first wait; default 1. */
  readonly immediate?: number
  /** The first wait, in milliseconds; default 100. */
  readonly firstMs?: number
  /** The longest wait, in milliseconds; default 10,000. */
  readonly maxMs?: number
  /** How much longer each wait is than the one before; default 2. */
  readonly factor?: number
  /** Share of a wait that is left to chance, 0 to 1: it may be that much shorter; default 0.2. */
  readonly jitter?: number
  /** A child that ran this long, in milliseconds, begins anew; default 5,000. */
  readonly resetMs?: number
}

/** What a back-off leaves open; times are milliseconds. */
export const BACKOFF_DEFAULTS: Required<Backoff> = Object.freeze({
  // A single crash is healed at once; only one that repeats is slowed down.
  immediate: 1,
  firstMs: 100,
  maxMs: 10_000,
  factor: 2,
  jitter: 0.2,
  resetMs: 5_000,
})

/** Never waits: for tests, and for children whose restarts cannot hurt anybody. */
export const NO_BACKOFF: Required<Backoff> = Object.freeze({
  ...BACKOFF_DEFAULTS,
  immediate: Number.POSITIVE_INFINITY,
  jitter: 0,
})

/** Merges with the defaults; throws OPTION_INVALID naming the option. */
export function checkBackoff(
  given: Backoff | false | undefined,
  option: string,
): Required<Backoff> {
  if (given === false) return NO_BACKOFF
  if (given !== undefined) requireObject(option, given)
  const backoff = { ...BACKOFF_DEFAULTS, ...given }
  const { immediate, firstMs, maxMs, factor, jitter, resetMs } = backoff
  const number = (name: string, value: number, holds: boolean, problem: string): void =>
    requireOption(typeof value === 'number' && holds, `${option}.${name}`, value, problem)
  number('immediate', immediate, immediate >= 0, 'give a number of restarts, 0 or more')
  number('firstMs', firstMs, firstMs > 0 && Number.isFinite(firstMs), 'give milliseconds above 0')
  number('maxMs', maxMs, maxMs >= firstMs && Number.isFinite(maxMs), 'give at least firstMs')
  number('factor', factor, factor >= 1 && Number.isFinite(factor), 'give 1 or more')
  number('jitter', jitter, jitter >= 0 && jitter <= 1, 'give a share from 0 to 1')
  number('resetMs', resetMs, resetMs > 0, 'give milliseconds above 0')
  return Object.freeze(backoff)
}

/**
 * The wait before restart number `attempt` (the first is 1) in a row, in milliseconds.
 *
 * @param chance a number in [0, 1)
 */
export function backoffMs(backoff: Required<Backoff>, attempt: number, chance: number): number {
  const wait = attempt - backoff.immediate
  if (wait <= 0) return 0
  // The power may overflow to Infinity after very many attempts; the maximum holds it.
  const fullMs = Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** (wait - 1))
  return fullMs * (1 - backoff.jitter * chance)
}
