/**
 * contract/cron-check: when a job is due, as its options say, looked at before it is kept.
 *
 * The same for the calendar of a node and for that of a cluster. Knows nothing of what a job does.
 */
import type { CronJob } from './cron.js'
import { requireDuration, requireOption } from './limits.js'

/** What a job says of its times; nothing is left open. */
export type CronTimes = Required<Pick<CronJob, 'name' | 'spec' | 'misfire' | 'misfireMs'>> &
  Pick<CronJob, 'timeZone'>

/** An option that is given as undefined is left to its default. */
export function withoutUndefined<T extends object>(job: T): T {
  const given = Object.entries(job).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as unknown as T
}

export const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** Throws OPTION_INVALID; whether the expression can be read says the calendar. */
export function requireCronTimes({ name, spec, timeZone, misfire, misfireMs }: CronTimes): void {
  requireOption(isText(name), 'job.name', name, 'give a name')
  requireOption(isText(spec), 'job.spec', spec, 'give a cron expression')
  if (timeZone !== undefined) requireTimeZone(timeZone)
  const goodMisfire = misfire === 'skip' || misfire === 'once'
  requireOption(goodMisfire, 'job.misfire', misfire, 'skip or once')
  requireDuration('job.misfireMs', misfireMs)
}

function requireTimeZone(timeZone: string): void {
  let holds = isText(timeZone)
  try {
    new Intl.DateTimeFormat('en-US', { timeZone })
  } catch {
    holds = false
  }
  requireOption(holds, 'job.timeZone', timeZone, 'give an IANA name such as Europe/Berlin')
}
