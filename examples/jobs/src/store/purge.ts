/**
 * store/purge: forgets jobs that were over long ago, in a way that brings none of them back.
 *
 * A purged job leaves a small entry, which is a write like any other. That one goes when all
 * stores have it; or when it is old: then a store which lacks it is compared as a whole.
 */
import { compareMarks, type Job, type Mark, NO_MARK } from '#jobs/job/job'
import type { BookOptions } from './book-options.js'
import type { BookWorld } from './book-world.js'
import { type Gone, isGone } from './entry.js'
import type { JobStore } from './job-store.js'
import { statesBefore } from './keys.js'

/** What it asks of the book. */
export interface PurgeHost {
  readonly own: JobStore
  readonly world: BookWorld
  readonly options: Required<BookOptions>
  readonly isClosed: boolean
  /** The mark up to which every store has everything. */
  readonly spread: Mark
  put(drafts: readonly Omit<Gone, 'mark'>[]): Promise<unknown>
  raiseFloor(floor: Mark): Promise<void>
}

/** Jobs purged by one write. */
const PURGE_MAX = 500

/** States in which a job is over, and how long it is kept in each. */
export type OverState = 'done' | 'failed' | 'deleted'
export const keptMs = (
  options: Required<BookOptions>,
): readonly (readonly [OverState, number])[] => [
  ['done', options.doneKeepMs],
  ['failed', options.doneKeepMs],
  ['deleted', options.deletedKeepMs],
]

/** Jobs that have been in a state since before a time: some of them, the oldest first. */
export function agedJobs(
  jobs: Pick<JobStore, 'agedIds' | 'get'>,
  state: OverState,
  beforeMs: number,
): readonly Job[] {
  const aged: Job[] = []
  for (const id of jobs.agedIds(statesBefore(state), beforeMs)) {
    const job = jobs.get(id)
    if (job !== undefined && job.changedMs < beforeMs) aged.push(job)
    if (aged.length === PURGE_MAX) break
  }
  return aged
}

export class Purge {
  readonly #host: PurgeHost

  constructor(host: PurgeHost) {
    this.#host = host
  }

  begin(): void {
    const { world, options } = this.#host
    world.after(options.purgeMs, () => {
      if (this.#host.isClosed) return
      // A write that fails is tried again with the next round.
      this.run().then(
        () => this.begin(),
        () => this.begin(),
      )
    })
  }

  async run(): Promise<void> {
    const { world, options } = this.#host
    const nowMs = world.wallMs()
    for (const [state, keepMs] of keptMs(options)) await this.#purge(state, nowMs - keepMs)
    if (!this.#host.isClosed) await this.#clear(nowMs - options.goneKeepMs)
  }

  async #purge(state: OverState, beforeMs: number): Promise<void> {
    while (!this.#host.isClosed) {
      const ids = agedJobs(this.#host.own, state, beforeMs).map(({ id }) => id)
      if (ids.length === 0) return
      const goneMs = this.#host.world.wallMs()
      await this.#host.put(ids.map((id) => ({ kind: 'gone' as const, id, goneMs })))
    }
  }

  /** What is gone, and known everywhere or for long, leaves no trace. */
  async #clear(beforeMs: number): Promise<void> {
    const { own, spread } = this.#host
    let floor: Mark = NO_MARK
    let met = 0
    for (const id of own.agedIds(statesBefore('gone'), Number.POSITIVE_INFINITY)) {
      const entry = own.entry(id)
      if (entry === undefined || !isGone(entry)) continue
      const isKnown = compareMarks(entry.mark, spread) <= 0
      if (!isKnown && entry.goneMs >= beforeMs) break
      if (compareMarks(entry.mark, floor) > 0) floor = entry.mark
      met += 1
      if (met === PURGE_MAX) break
    }
    if (compareMarks(floor, own.floor) > 0) await this.#host.raiseFloor(floor)
  }
}
