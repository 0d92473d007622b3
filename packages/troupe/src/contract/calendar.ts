/**
 * contract/calendar: when one cron expression is due, in its time zone.
 *
 * Pure: times in, times out. croner reads the expression and finds the candidates; its timers
 * are never used. The rules for the change of clocks are ours:
 *
 *     hour that is skipped (02:30 on the day clocks go forward)   does not run
 *     hour that repeats (02:30 on the day they go back)           runs the first time only
 *     expressions that leave the hour open (`*` as hour)          run on through both passes,
 *                                                                 as real time passes
 *
 * Limit: times up to the year 3000, whole seconds.
 *
 * @source ergo-features 15; Vixie cron, "cron(8): daylight saving time"; croner
 */
import { Cron, CronPattern } from 'croner'
import { TroupeError } from './errors.js'

/** When an expression is due. */
export interface Calendar {
  /** True when the expression leaves the hour open, so that it goes by the passing of time. */
  readonly hourOpen: boolean
  /** The first due time after `afterMs`, in milliseconds since 1970; undefined for never. */
  next(afterMs: number): number | undefined
  /** The last due time before `beforeMs`; undefined when there is none. */
  previous(beforeMs: number): number | undefined
}

/** Candidates that may be refused in a row: two hours of an expression that is due each second. */
const REFUSED_MAX = 7_200
const MODE = { mode: '5-or-6-parts' } as const

/**
 * Reads an expression; throws CRON_SPEC_INVALID, naming the job and the problem.
 *
 * @example calendar({ name: 'report', spec: '30 2 * * *', timeZone: 'Europe/Berlin' })
 */
export function calendar(job: {
  readonly name: string
  readonly spec: string
  readonly timeZone?: string
}): Calendar {
  const { name, spec } = job
  try {
    const timezone = job.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
    const offsetAt = offsets(timezone)
    // The pattern is read first, because `Cron` also takes dates, which are no expressions.
    const pattern = new CronPattern(spec, timezone, MODE)
    const cron = new Cron(spec, { ...MODE, timezone, paused: true })
    const hourOpen = pattern.hour.every((allowed) => allowed !== 0)
    const refusedUntil = (dueMs: number): number | undefined => {
      if (!cron.match(new Date(dueMs))) return dueMs
      return hourOpen || !isRepeated(dueMs, offsetAt) ? undefined : lastRepeated(dueMs, offsetAt)
    }
    return Object.freeze({ hourOpen, ...searches(cron, refusedUntil) })
  } catch (thrown) {
    const problem = problemOf(thrown)
    throw new TroupeError('CRON_SPEC_INVALID', { name, spec: String(spec), problem }, thrown)
  }
}

/** `refusedUntil` answers undefined for a good time, else up to when nothing good will come. */
function searches(
  cron: Cron,
  refusedUntil: (dueMs: number) => number | undefined,
): Pick<Calendar, 'next' | 'previous'> {
  const next = (afterMs: number): number | undefined => {
    let fromMs = afterMs
    for (let i = 0; i < REFUSED_MAX; i += 1) {
      const dueMs = cron.nextRun(new Date(fromMs))?.getTime()
      const refusedMs = dueMs === undefined ? undefined : refusedUntil(dueMs)
      if (refusedMs === undefined) return dueMs
      fromMs = refusedMs
    }
    return undefined
  }
  const previous = (beforeMs: number): number | undefined => {
    let fromMs = beforeMs
    for (let i = 0; i < REFUSED_MAX; i += 1) {
      const dueMs = cron.previousRuns(1, new Date(fromMs))[0]?.getTime()
      if (dueMs === undefined || refusedUntil(dueMs) === undefined) return dueMs
      fromMs = dueMs
    }
    return undefined
  }
  return { next, previous }
}

/** croner's own words without the name of its class. */
function problemOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.replace(/^Cron\w*: /, '')
}

/** Local time minus UTC at an instant, in milliseconds. */
type OffsetAt = (timeMs: number) => number

/** How far back a change of clocks is looked for: no zone has ever repeated more than this. */
const REPEATED_MS_MAX = 3 * 3_600_000

/** True for the second of two instants with the same local time. */
function isRepeated(timeMs: number, offsetAt: OffsetAt): boolean {
  const nowOffset = offsetAt(timeMs)
  const turnedBackMs = offsetAt(timeMs - REPEATED_MS_MAX) - nowOffset
  return turnedBackMs > 0 && offsetAt(timeMs - turnedBackMs) - nowOffset === turnedBackMs
}

const MINUTE_MS = 60_000

/** The last millisecond of the second pass that an instant lies in; clocks change on minutes. */
function lastRepeated(timeMs: number, offsetAt: OffsetAt): number {
  let minuteMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS
  while (isRepeated(minuteMs, offsetAt)) minuteMs += MINUTE_MS
  return Math.max(minuteMs - 1, timeMs)
}

function offsets(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (timeMs) => {
    const part: Record<string, string> = {}
    for (const { type, value } of format.formatToParts(timeMs)) part[type] = value
    const [year, month, day, hour, minute, second] = PARTS.map((name) => Number(part[name]))
    const local = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
    return local - Math.floor(timeMs / 1_000) * 1_000
  }
}

const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
