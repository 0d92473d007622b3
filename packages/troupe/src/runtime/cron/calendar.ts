/**
 * runtime/cron/calendar: when one cron expression is due, in its time zone.
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
import { TroupeError } from '#contract'

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
    const accepts = (dueMs: number): boolean =>
      cron.match(new Date(dueMs)) && (hourOpen || !isRepeated(dueMs, offsetAt))
    return Object.freeze({ hourOpen, ...searches(cron, accepts) })
  } catch (thrown) {
    const problem = problemOf(thrown)
    throw new TroupeError('CRON_SPEC_INVALID', { name, spec: String(spec), problem }, thrown)
  }
}

function searches(
  cron: Cron,
  accepts: (dueMs: number) => boolean,
): Pick<Calendar, 'next' | 'previous'> {
  const search =
    (step: (fromMs: number) => number | undefined) =>
    (fromMs: number): number | undefined => {
      let dueMs = step(fromMs)
      for (let i = 0; dueMs !== undefined && !accepts(dueMs); i += 1) {
        if (i === REFUSED_MAX) return undefined
        dueMs = step(dueMs)
      }
      return dueMs
    }
  return {
    next: search((fromMs) => cron.nextRun(new Date(fromMs))?.getTime()),
    previous: search((fromMs) => cron.previousRuns(1, new Date(fromMs))[0]?.getTime()),
  }
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
