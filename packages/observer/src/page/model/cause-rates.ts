/**
 * page/model/cause-rates: dead letters by cause, and how many there are in a second.
 *
 * Counters run since the start of a node; two looks make a rate. A counter that has gone back is
 * that of a node that has started anew: it counts from zero again.
 */
import type { DropCause } from 'troupe'

export interface CauseRow {
  readonly cause: string
  readonly total: number
  /** Undefined before the second look. */
  readonly perSecond: number | undefined
}

export interface CauseLook {
  readonly timeMs: number
  readonly dropped: Readonly<Partial<Record<DropCause, number>>>
}

/** The causes that have been seen, the most frequent first; with what came since the last look. */
export function causeRows(last: CauseLook | undefined, now: CauseLook): readonly CauseRow[] {
  const passedMs = last === undefined ? 0 : now.timeMs - last.timeMs
  return Object.entries(now.dropped)
    .filter(([, total]) => total > 0)
    .map(([cause, total]): CauseRow => {
      const before = last?.dropped[cause as DropCause] ?? 0
      const came = total < before ? total : total - before
      return { cause, total, perSecond: passedMs > 0 ? (came * 1_000) / passedMs : undefined }
    })
    .sort((a, b) => b.total - a.total || (a.cause < b.cause ? -1 : 1))
}

/** Counters of several nodes, added up. */
export function addedUp(
  sheets: readonly Readonly<Partial<Record<DropCause, number>>>[],
): Readonly<Partial<Record<DropCause, number>>> {
  const sum = new Map<string, number>()
  for (const sheet of sheets) {
    for (const [cause, count] of Object.entries(sheet)) {
      sum.set(cause, (sum.get(cause) ?? 0) + count)
    }
  }
  return Object.fromEntries(sum)
}
