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

/** The wait before a write is tried again, in milliseconds; longer while there is no room. */
const AGAIN_MS = 200
const FULL_MS = 1_000

/** After these a write is to be tried again; a book that cannot go on says so by its end. */
const isPassing = (problem: unknown): problem is JobsFault =>
  JobsFault.is(problem, 'NO_MAJORITY') || JobsFault.is(problem, 'STORE_FULL')

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
  async write(
    jobs: readonly Unmarked[],
    doubted?: (fault: JobsFault) => void,
  ): Promise<readonly Job[]> {
    let isFull = false
    try {
      return await this.#book.write(jobs)
    } catch (problem) {
      if (this.#isOver || !isPassing(problem)) throw problem
      isFull = problem.code === 'STORE_FULL'
      doubted?.(problem)
      this.waiting += jobs.length
      const { code } = problem
      this.#world.log.warning('a write is tried again', { jobs: jobs.length, code })
    }
    await this.#pause(isFull ? FULL_MS : AGAIN_MS)
    this.waiting -= jobs.length
    if (this.#isOver) throw new JobsFault('BOOK_CLOSED', { term: this.#book.term })
    return this.write(jobs)
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#world.after(delayMs, resolve)
    })
  }
}
