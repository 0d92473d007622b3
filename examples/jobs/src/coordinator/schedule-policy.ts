/**
 * coordinator/schedule-policy: how long what may take, and how much there may be.
 */
import type { JobKind } from '#jobs/job/job'
import { LIFE_DEFAULTS, type LifePolicy } from '#jobs/job/life'

/** Times are milliseconds. */
export interface SchedulePolicy {
  readonly life: LifePolicy
  /** No word of a try for so long: it is called back. */
  readonly silenceMs: number
  /** So long it may be unknown who has a try; then its number is worth nothing any more. */
  readonly fenceMs: number
  /** The longest run of a try. */
  readonly runMaxMs: Readonly<Record<JobKind, number>>
  /** Most jobs that are kept in memory. */
  readonly openMax: number
  /** Most workers that are asked at a time, and tries whose begin is being written. */
  readonly offersMax: number
  /** The pause after a worker did not take what it was thought to have room for. */
  readonly refusedMs: number
}

/** A job has up to 20 s of work, and a busy machine may be many times slower. */
const RUN_MAX_MS = 180_000

export const SCHEDULE_DEFAULTS: SchedulePolicy = Object.freeze({
  life: LIFE_DEFAULTS,
  silenceMs: 5_000,
  fenceMs: 5_000,
  runMaxMs: Object.freeze({
    'word-count': RUN_MAX_MS,
    'n-grams': RUN_MAX_MS,
    'hash-chain': RUN_MAX_MS,
    gzip: RUN_MAX_MS,
  }),
  openMax: 100_000,
  offersMax: 128,
  refusedMs: 50,
})

/** Time as it is given from outside: `nowMs` never goes back, `wallMs` may jump. */
export interface Time {
  nowMs(): number
  wallMs(): number
}
