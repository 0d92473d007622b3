/**
 * coordinator/writer: writes of a leader, until they hold or its term is over.
 *
 * After a write that was not confirmed nobody knows whether it holds, so that nothing else may be
 * written of that job: it is written again as it is.
 */
import { JobsFault } from '#jobs/job/faults'
import type { Job } from '#jobs/job/job'
import type { Book, Unmarked } from '#jobs/store/book'
import type { ReignWorld } from './reign-world.js'

/** The wait before a write is tried again, in milliseconds. */
const AGAIN_MS = 200

/** Codes after which a write is to be tried again. */
const isPassing = (problem: unknown): boolean => JobsFault.is(problem, 'NO_MAJORITY')

export class Writer {
  readonly #book: Book
  readonly #world: Pick<ReignWorld, 'after' | 'log'>
  #isOver = false
  /** Writes that were not confirmed and are tried again. */
  waiting = 0

  constructor(book: Book, world: Pick<ReignWorld, 'after' | 'log'>) {
    this.#book = book
    this.#world = world
  }

  end(): void {
    this.#isOver = true
  }

  /**
   * Settles when it holds. `doubted` is called once, when that was not confirmed in time. Rejects
   * when the term is over, or with JOB_INVALID for a record that cannot be kept.
   */
  async write(jobs: readonly Unmarked[], doubted?: () => void): Promise<readonly Job[]> {
    try {
      return await this.#book.write(jobs)
    } catch (problem) {
      if (this.#isOver || !isPassing(problem)) throw problem
      doubted?.()
      this.waiting += jobs.length
      this.#world.log.warning('a write is tried again', { jobs: jobs.length })
    }
    await this.#pause()
    this.waiting -= jobs.length
    if (this.#isOver) throw new JobsFault('BOOK_CLOSED', { term: this.#book.term })
    return this.write(jobs)
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#world.after(AGAIN_MS, resolve)
    })
  }
}
