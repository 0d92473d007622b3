/**
 * cluster/leader/firing-book: which times of the calendar are settled, and which one is next.
 *
 * Pure: it knows nothing of processes, of the clock or of who leads. A mark says up to which time
 * a job is settled: all that was due until then was run, or passed over. Every voter keeps the
 * marks it heard of, so that whoever leads next begins where the last one ended, as far as that is
 * known. Rules of the calendar and of lateness are those of the calendar of a node.
 *
 * @source ergo-features 15; issue 6, section 2
 */
import type { CronJob } from '#contract'
import type { Calendar } from '#contract/calendar'
import { startsAfresh, verdictWhenDue } from '#contract/misfire'

/** What the book asks of a job. */
export interface BookedJob extends Required<Pick<CronJob, 'name' | 'misfire' | 'misfireMs'>> {
  readonly calendar: Calendar
}

/** Up to when a job is settled, in wall time of whoever led. */
export interface FiringMark {
  readonly job: string
  readonly untilMs: number
}

/** One run that is to be. */
export interface DueFiring {
  readonly job: string
  readonly timeMs: number
}

/** What is to be run, oldest first, and all jobs that were looked at for it. */
export interface DueNow {
  readonly firings: readonly DueFiring[]
  readonly jobs: readonly string[]
}

/** Why a mark was not taken. */
export type MarkFault = 'malformed' | 'unknown' | 'future'

/** How far the clock of another voter may be ahead of the own one. */
export const AHEAD_MS_MAX = 60_000

interface Row {
  readonly job: BookedJob
  /** Undefined: nobody has told, and this one has not led. */
  untilMs: number | undefined
  nextMs: number | undefined
}

export class FiringBook {
  readonly #rows: ReadonlyMap<string, Row>
  readonly #windowMs: number
  #missed = 0

  constructor(jobs: readonly BookedJob[], windowMs: number) {
    this.#rows = new Map(
      jobs.map((job) => [job.name, { job, untilMs: undefined, nextMs: undefined }]),
    )
    this.#windowMs = windowMs
  }

  /** Due times that passed without a run of their own, while this one led. */
  get missed(): number {
    return this.#missed
  }

  /** When the next job is due; undefined: none ever is. */
  get nextMs(): number | undefined {
    const times = [...this.#rows.values()].map(({ nextMs = Infinity }) => nextMs)
    const nextMs = Math.min(...times)
    return nextMs === Infinity ? undefined : nextMs
  }

  /** All that is known. */
  get marks(): readonly FiringMark[] {
    return [...this.#rows.values()].flatMap(({ job, untilMs }) =>
      untilMs === undefined ? [] : [{ job: job.name, untilMs }],
    )
  }

  /**
   * A leader begins: what was due since the mark is looked at, within the window. `sinceMs` is the
   * mark of a job of which nobody has told.
   */
  begin(nowMs: number, sinceMs: number): void {
    for (const row of this.#rows.values()) {
      row.untilMs ??= Math.min(sinceMs, nowMs)
      const fromMs = Math.max(row.untilMs, nowMs - this.#windowMs)
      row.nextMs = row.job.calendar.next(fromMs)
    }
  }

  /** What is to be done now; it is settled only when that is said. */
  due(nowMs: number): DueNow {
    const firings: DueFiring[] = []
    const jobs: string[] = []
    for (const row of this.#rows.values()) {
      const { job, untilMs = nowMs } = row
      if (startsAfresh(job.calendar, untilMs - nowMs)) {
        row.untilMs = nowMs
        row.nextMs = job.calendar.next(nowMs)
      }
      if (row.nextMs === undefined || row.nextMs > nowMs) continue
      const verdict = verdictWhenDue(job.calendar, job, row.nextMs, nowMs)
      this.#missed += verdict.missed
      row.nextMs = verdict.nextMs
      jobs.push(job.name)
      firings.push(...verdict.runs.map((timeMs) => ({ job: job.name, timeMs })))
    }
    firings.sort((left, right) => left.timeMs - right.timeMs)
    return { firings, jobs }
  }

  /** All of these jobs that was due until then was run, or passed over; what others are told. */
  settle(jobs: readonly string[], untilMs: number): readonly FiringMark[] {
    return jobs.map((job) => {
      const row = this.#rows.get(job)
      if (row !== undefined) row.untilMs = Math.max(row.untilMs ?? 0, untilMs)
      return { job, untilMs: row?.untilMs ?? untilMs }
    })
  }

  /** What another voter knows; undefined: it is taken, or known already. */
  heard(mark: unknown, nowMs: number): MarkFault | undefined {
    if (!isMark(mark)) return 'malformed'
    const row = this.#rows.get(mark.job)
    if (row === undefined) return 'unknown'
    if (mark.untilMs > nowMs + AHEAD_MS_MAX) return 'future'
    if (row.untilMs !== undefined && row.untilMs >= mark.untilMs) return undefined
    row.untilMs = mark.untilMs
    if (row.nextMs !== undefined && row.nextMs <= mark.untilMs) {
      row.nextMs = row.job.calendar.next(mark.untilMs)
    }
    return undefined
  }
}

function isMark(mark: unknown): mark is FiringMark {
  if (typeof mark !== 'object' || mark === null) return false
  const { job, untilMs } = mark as Partial<Record<keyof FiringMark, unknown>>
  return typeof job === 'string' && typeof untilMs === 'number' && untilMs >= 0
}
