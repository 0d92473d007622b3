/**
 * page/model/toast-places: where what is told stands, so that nothing moves when more is told or
 * some of it goes.
 */

/** So many are told at a time. */
export const TOASTS_MAX = 3

interface Placed {
  /** From the foot of the page, from 0. */
  readonly place: number
}

/** The oldest first, with one more: in the lowest place that is free, or in that of the oldest. */
export function withToast<T extends object>(
  told: readonly (T & Placed)[],
  one: T,
): readonly (T & Placed)[] {
  const free = Array.from({ length: TOASTS_MAX }, (_, place) => place).find((place) =>
    told.every((each) => each.place !== place),
  )
  if (free !== undefined) return [...told, { ...one, place: free }]
  const [oldest, ...others] = told
  return [...others, { ...one, place: oldest?.place ?? 0 }]
}
