/**
 * contract/cron: jobs that run at times of the calendar.
 *
 * @source ergo-features 15; croner for the expression language
 */
import type { AnySpawnable } from './behaviour.js'
import type { SpawnOptions } from './context.js'
import type { Address } from './identity.js'

/** What a job does: send a message, spawn a process, or run a function of the program. */
export type CronAction =
  | {
      readonly kind: 'send'
      readonly to: Address
      readonly message: string
      /** Default: `CronTick`. */
      readonly payload?: unknown
    }
  | {
      readonly kind: 'spawn'
      readonly start: AnySpawnable
      readonly options?: SpawnOptions & { readonly args?: readonly unknown[] }
    }
  | { readonly kind: 'run'; readonly run: (tick: CronTick) => unknown }

/** What a run of a job is told. */
export interface CronTick {
  readonly node: string
  readonly job: string
  /** The time the run was due, wall clock, milliseconds since 1970. */
  readonly timeMs: number
}

/**
 * A job of the calendar. Limit: 10,000 on a node.
 *
 * @example
 * node.cron.add({
 *   name: 'report',
 *   spec: '30 6 * * 1-5',
 *   timeZone: 'Europe/Berlin',
 *   action: { kind: 'send', to: 'reporter', message: 'report' },
 * })
 * @source ergo-features 15
 */
export interface CronJob {
  /** Unique on the node. */
  readonly name: string
  /** Five fields, or six with seconds first; `L`, `#`, `W`, ranges, steps, `@daily` and so on. */
  readonly spec: string
  /** IANA name such as `Europe/Berlin`; default the machine's. */
  readonly timeZone?: string
  readonly action: CronAction
  /** When runs were missed (sleep, blocked loop): `skip` them (default) or run `once` for all. */
  readonly misfire?: 'skip' | 'once'
  /** A run is missed when it starts this much late, in milliseconds; default 1,000. */
  readonly misfireMs?: number
  /** When the run before is still going: `allow` (default), `skip`, or `queue` one. */
  readonly overlap?: 'allow' | 'skip' | 'queue'
  /** False: it runs only after `enable`; default true. */
  readonly enabled?: boolean
}

/** What a job leaves open; the time zone is then that of the machine. */
export const CRON_DEFAULTS = Object.freeze({
  misfire: 'skip' as const,
  misfireMs: 1_000,
  overlap: 'allow' as const,
  enabled: true,
})

/** What is known of a job; a snapshot. Times are wall clock, milliseconds since 1970. */
export interface CronJobInfo {
  readonly name: string
  readonly spec: string
  readonly timeZone: string | undefined
  readonly enabled: boolean
  /** Runs that have begun and not ended. */
  readonly running: number
  /** Runs that have begun. */
  readonly runs: number
  /** Runs that failed; the log tells each. */
  readonly failures: number
  /** Due times that passed without a run, as `misfire` says; 1,000 at most for one sleep. */
  readonly missed: number
  /** Due times given up because the run before was still going, as `overlap` says. */
  readonly skipped: number
  readonly lastRunMs: number | undefined
  readonly lastError: string | undefined
  readonly nextRunMs: number | undefined
}

/** The calendar of a node. */
export interface Cron {
  /** Adds a job. NAME_TAKEN, CRON_SPEC_INVALID, OPTION_INVALID, NODE_STOPPED. */
  add(job: CronJob): void
  /** Takes a job away; a run that is going goes on. CRON_JOB_UNKNOWN. */
  remove(name: string): void
  /** Lets a job run again, from its next due time on. CRON_JOB_UNKNOWN. */
  enable(name: string): void
  /** Starts no further run; one that is going goes on. CRON_JOB_UNKNOWN. */
  disable(name: string): void
  /** All jobs. */
  jobs(): readonly CronJobInfo[]
  /**
   * The runs of one job, or of all enabled ones, from `fromMs` up to but not at `toMs`, without
   * running anything. Limit: the earliest 10,000. CRON_JOB_UNKNOWN.
   */
  preview(
    fromMs: number,
    toMs: number,
    name?: string,
  ): readonly { readonly name: string; readonly timeMs: number }[]
}
