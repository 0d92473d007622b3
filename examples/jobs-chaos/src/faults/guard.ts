/**
 * faults/guard: keeps a run from taking the majority of coordinators away for long.
 *
 * That they are gone for longer than `MAJORITY_AWAY_MS` would prove nothing: no cluster works then.
 * For shorter, two may be away at once. Pure: it is told of each coordinator until when it is away.
 */

/** The longest time without a majority, in milliseconds, that a plan may bring about. */
export const MAJORITY_AWAY_MS = 4_000

/** One that was started again counts as away for so long after it is ready. */
export const RECOVERY_MS = 2_000

/** Until when coordinators are away, as far as that is known; Infinity: nobody knows. */
export type Absences = ReadonlyMap<string, number>

export interface Wish {
  readonly node: string
  readonly nowMs: number
  readonly lastsMs: number
}

/**
 * How long the coordinator may be taken away now; 0: not at all. `away`: the others that are away
 * already.
 */
export function allowedMs(away: Absences, { node, nowMs, lastsMs }: Wish): number {
  const others = [...away].filter(([other, untilMs]) => other !== node && untilMs > nowMs)
  if (others.length === 0) return lastsMs
  // All three at once is a power cut, and made at the end.
  if (others.length > 1 || (away.get(node) ?? 0) > nowMs) return 0
  const [[, backMs] = ['', 0]] = others
  if (backMs - nowMs <= MAJORITY_AWAY_MS) return lastsMs
  return lastsMs <= MAJORITY_AWAY_MS ? lastsMs : 0
}
