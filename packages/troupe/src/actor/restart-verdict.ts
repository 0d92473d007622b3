/**
 * actor/restart-verdict: what a supervisor does with a child that has ended. Pure.
 *
 * @source OTP "supervisor", restart types and auto_shutdown; ergo-features 9
 */
import { type ExitReason, isCalm } from '#contract'

/**
 * Which ends of a child are followed by a restart. `permanent`: all; `transient`: abnormal ones;
 * `temporary`: none.
 */
export type RestartMode = 'permanent' | 'transient' | 'temporary'

/**
 * When a supervisor ends by itself, with the reason `shutdown`. `any-significant`: when one
 * significant child has ended for good; `all-significant`: when the last of them has; `idle`:
 * when no child runs and none will be restarted; `never`.
 */
export type AutoShutdown = 'never' | 'any-significant' | 'all-significant' | 'idle'

/** What a supervisor does with a child that has ended by itself. */
export function verdictAfterExit(restart: RestartMode, reason: ExitReason): 'restart' | 'forget' {
  switch (restart) {
    case 'permanent':
      return 'restart'
    case 'temporary':
      return 'forget'
    case 'transient':
      return isCalm(reason) ? 'forget' : 'restart'
  }
}

/** Whether a supervisor ends because a child has ended and is not restarted. */
export function endsWithChild(
  autoShutdown: AutoShutdown,
  facts: {
    /** The child that has ended is significant. */
    readonly significant: boolean
    /** Other significant children that run or will run. */
    readonly significantLeft: number
    /** Children that run or will run. */
    readonly left: number
  },
): boolean {
  switch (autoShutdown) {
    case 'never':
      return false
    case 'any-significant':
      return facts.significant
    case 'all-significant':
      return facts.significant && facts.significantLeft === 0
    case 'idle':
      return facts.left === 0
  }
}
