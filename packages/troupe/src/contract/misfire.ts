/**
 * contract/misfire: which of the due times of a job still run when a timer comes late.
 *
 * Pure. A due time within `misfireMs` runs. One that is later was missed: `skip` lets it go,
 * `once` makes up for all missed ones by a single run, unless one in time runs anyway.
 * Used by the calendar of a node and by that of a cluster.
 * Limits: `MISSED_MAX` missed times are counted one by one and `RUNS_MAX` runs are started at
 * once; what is beyond (a job of each second after a night's sleep) is passed over.
 */
import type { Calendar } from './calendar.js'

export interface Lateness {
  readonly misfire: 'skip' | 'once'
  readonly misfireMs: number
}

export interface Verdict {
  /** The due times to run now, oldest first. */
  readonly runs: readonly number[]
  /** Due times that passed without a run of their own. */
  readonly missed: number
  /** The first due time after now. */
  readonly nextMs: number | undefined
}

/** The longest wait for a timer, in milliseconds; then the wall clock is looked at again. */
export const LOOK_MS_MAX = 300_000
/**
 * When the wall clock is set back by more than the first, expressions that leave the hour open
 * start afresh from there; by more than the second, all do. By less, no time is run twice.
 */
export const SET_BACK_MS = Object.freeze({ open: 60_000, all: 3 * 3_600_000 })
export const MISSED_MAX = 1_000
export const RUNS_MAX = 1_000

/** Whether an expression starts afresh when the clock was set back by so much. */
export const startsAfresh = ({ hourOpen }: Calendar, backMs: number): boolean =>
  backMs > (hourOpen ? SET_BACK_MS.open : SET_BACK_MS.all)

/** What is to be done at `nowMs` about a job that was first due at `dueMs`. */
export function verdictWhenDue(
  calendar: Calendar,
  { misfire, misfireMs }: Lateness,
  dueMs: number,
  nowMs: number,
): Verdict {
  const sinceMs = nowMs - misfireMs
  const late = dueTimes(calendar, dueMs, sinceMs - 1, MISSED_MAX)
  const inTime = dueTimes(calendar, late.nextMs, nowMs, RUNS_MAX)
  const { nextMs } = inTime
  if (misfire === 'skip' || inTime.times.length > 0 || late.times.length === 0) {
    return { runs: inTime.times, missed: late.times.length, nextMs }
  }
  const lastMs = calendar.previous(sinceMs) ?? dueMs
  return { runs: [lastMs], missed: late.times.length, nextMs }
}

/** The due times from `fromMs` to `untilMs`, both included, and the first one after. */
function dueTimes(
  calendar: Calendar,
  fromMs: number | undefined,
  untilMs: number,
  lengthMax: number,
): { readonly times: readonly number[]; readonly nextMs: number | undefined } {
  const times: number[] = []
  let nextMs = fromMs
  while (nextMs !== undefined && nextMs <= untilMs) {
    // Months of sleep may hold millions of due times, so the rest is not looked at.
    if (times.length === lengthMax) return { times, nextMs: calendar.next(untilMs) }
    times.push(nextMs)
    nextMs = calendar.next(nextMs)
  }
  return { times, nextMs }
}
