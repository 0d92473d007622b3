/**
 * runtime/cron/job-state: one job: its calendar, its figures, its place among the next ones.
 *
 * Also where the options of a job are checked. Knows nothing of timers and actions.
 */
import type { HeapItem } from '#base/heap'
import {
  behaviourOf,
  CRON_DEFAULTS,
  type CronAction,
  type CronJob,
  type CronJobInfo,
  type CronTick,
  requireOption,
} from '#contract'
import { type Calendar, calendar } from '#contract/calendar'
import { isText, requireCronTimes, withoutUndefined } from '#contract/cron-check'

export class JobState implements HeapItem {
  readonly name: string
  readonly spec: string
  readonly timeZone: string | undefined
  readonly action: CronAction
  readonly misfire: 'skip' | 'once'
  readonly misfireMs: number
  readonly overlap: 'allow' | 'skip' | 'queue'
  readonly calendar: Calendar
  /** Ties go to the job that was added first. */
  readonly order: number
  heapIndex = -1
  /** The next due time, wall clock; has a meaning only while the job lies in the heap. */
  dueMs = 0
  enabled: boolean
  running = 0
  runs = 0
  failures = 0
  missed = 0
  skipped = 0
  lastRunMs: number | undefined
  lastError: string | undefined
  /** The one run that waits for the run before, under `queue`. */
  waiting: CronTick | undefined

  constructor(job: CronJob, order: number) {
    requireOption(typeof job === 'object' && job !== null, 'job', job, 'give an object')
    const complete = { ...CRON_DEFAULTS, ...withoutUndefined(job) }
    checkJob(complete)
    this.name = complete.name
    this.spec = complete.spec
    this.timeZone = complete.timeZone
    this.action = complete.action
    this.misfire = complete.misfire
    this.misfireMs = complete.misfireMs
    this.overlap = complete.overlap
    this.enabled = complete.enabled
    this.calendar = calendar(complete)
    this.order = order
  }

  info(): CronJobInfo {
    const { name, spec, timeZone, enabled, running, runs, failures } = this
    const { missed, skipped, lastRunMs, lastError } = this
    const nextRunMs = this.heapIndex === -1 ? undefined : this.dueMs
    const calls = { running, runs, failures, missed, skipped, lastRunMs, lastError, nextRunMs }
    return Object.freeze({ name, spec, timeZone, enabled, ...calls })
  }
}

function checkJob(job: Required<Omit<CronJob, 'timeZone'>> & CronJob): void {
  const { action, overlap, enabled } = job
  requireCronTimes(job)
  const goodOverlap = overlap === 'allow' || overlap === 'skip' || overlap === 'queue'
  requireOption(goodOverlap, 'job.overlap', overlap, 'allow, skip or queue')
  requireOption(typeof enabled === 'boolean', 'job.enabled', enabled, 'true or false')
  checkAction(action)
}

function checkAction(action: CronAction): void {
  const kind: unknown = action?.kind
  const known = kind === 'send' || kind === 'spawn' || kind === 'run'
  requireOption(known, 'job.action.kind', kind, 'send, spawn or run')
  switch (action.kind) {
    case 'send':
      requireOption(action.to !== undefined, 'job.action.to', action.to, 'give an address')
      requireOption(isText(action.message), 'job.action.message', action.message, 'give its name')
      return
    case 'spawn': {
      const spawnable = typeof action.start?.[behaviourOf] === 'object'
      requireOption(spawnable, 'job.action.start', action.start, 'give what actor() makes')
      return
    }
    case 'run':
      requireOption(typeof action.run === 'function', 'job.action.run', action.run, 'a function')
  }
}
