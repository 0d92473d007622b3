/**
 * store/open-book: opens the book of a term: the jobs as all settled writes have left them.
 *
 * A book that is open has its state at a majority, its own store included, so that no later one
 * can miss it. Called again for the same term it outbids what the earlier call has left behind.
 */
import { JobsFault } from '#jobs/job/faults'
import { OPENINGS_MAX } from './ballot.js'
import type { Book } from './book.js'
import { type BookOptions, bookOptions } from './book-options.js'
import type { BookWorld } from './book-world.js'
import type { JobStore } from './job-store.js'
import { KeptBook } from './kept-book.js'
import { type Opening, open, Sessions } from './opening.js'

export interface OpenBook {
  readonly term: number
  /** Name of the own node, which is one of the coordinators. */
  readonly node: string
  readonly coordinators: readonly string[]
  readonly store: JobStore
  readonly world: BookWorld
  readonly options?: BookOptions
  /** Ends the attempt. */
  readonly signal?: AbortSignal
}

/**
 * Opens the book. Rejects with JobsFault STALE_TERM when a later term was promised, NO_MAJORITY
 * after `openTimeoutMs` (call again, or step down), STORE_LOST when a majority of the stores is
 * new although jobs were accepted, STORE_FULL and STORE_FAILED for the own disk.
 *
 * @example
 * const world = worldOf(context)
 * const book = await openBook({ term, node: context.node, coordinators, store, world })
 */
export async function openBook(given: OpenBook): Promise<Book> {
  const { term, store, world } = given
  const options = bookOptions(given.options)
  const opener = `${given.node.slice(0, 32)}-${Math.floor(world.random() * 2 ** 48)}`
  let number = store.promised.term === term ? store.promised.opening + 1 : 1
  for (;;) {
    const opening: Opening = {
      ...{ ballot: { term, opening: number, opener, session: 1 }, own: store, node: given.node },
      ...{ coordinators: given.coordinators, world, options, signal: given.signal },
      sessions: new Sessions(),
    }
    const opened = await open(opening)
    if (opened.kind === 'opened') return KeptBook.open(opening, opened)
    number = Math.max(opened.opening, number) + 1
    if (number > OPENINGS_MAX) throw new JobsFault('STALE_TERM', { term, later: term + 1 })
  }
}
