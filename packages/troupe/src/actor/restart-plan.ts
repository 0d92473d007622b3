/**
 * actor/restart-plan: which siblings of a failed child are stopped and started, in what order.
 *
 * Pure: children are positions in their list, in the order of declaration.
 *
 * @source OTP "supervisor", Restart Strategy; ergo-features 9
 */

/** What fails together. `simple-one-for-one` makes its children on demand, from templates. */
export type SupervisorType = 'one-for-one' | 'all-for-one' | 'rest-for-one' | 'simple-one-for-one'

/** What the plan needs to know of a child. */
export interface Plannable {
  /** It runs, or is being started. */
  readonly alive: boolean
  /** It may be started: not disabled, not stopped by hand, not a temporary one that has ended. */
  readonly startable: boolean
}

/** Positions, each list in the order in which to act. */
export interface RestartPlan {
  /** Last declared first. */
  readonly stop: readonly number[]
  /** First declared first. */
  readonly start: readonly number[]
}

/** What to do when the child at `failed` has ended and must be restarted. */
export function restartPlan(
  type: SupervisorType,
  children: readonly Plannable[],
  failed: number,
): RestartPlan {
  const isAffected = (position: number): boolean => {
    switch (type) {
      case 'all-for-one':
        return true
      case 'rest-for-one':
        return position >= failed
      case 'one-for-one':
      case 'simple-one-for-one':
        return position === failed
    }
  }
  const affected = children.map((_, position) => position).filter(isAffected)
  return {
    stop: affected.filter((position) => children[position]?.alive === true).reverse(),
    start: affected.filter((position) => children[position]?.startable === true),
  }
}
