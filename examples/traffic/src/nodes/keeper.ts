/**
 * nodes/keeper: the actor that tells the other programs what its own has counted, and hears them.
 *
 * Ten times a second it takes a reading and tells it to both others; now and then it tells all
 * pages it has, so that who has begun anew knows those that died before. Who starts asks first.
 * It also kills parts of its program for the web, which alone is asked by people.
 */

import {
  actor,
  message,
  type Pid,
  type ProcessContext,
  type ProcessName,
  protocol,
  request,
} from 'troupe'
import type { Mark, Storage } from '#traffic/store/storage'
import type { Part, Roster } from '#traffic/system/roster'
import type { Book } from './book.js'
import type { Page } from './page.js'

/** Time between two readings, in milliseconds: what a program counts is never older elsewhere. */
export const READING_MS = 100
/** Readings from one telling of all pages to the next. */
const READINGS_PER_WHOLE = 20
/** The longest wait for the pages of another program, in milliseconds. */
export const PAGES_TIMEOUT_MS = 500

export const Books = protocol('books', {
  /** An exchange of all pages that are known, with a reading of this moment in the answer. */
  pages: request<readonly Page[], readonly Page[]>(),
  told: message<readonly Page[]>(),
  /** Kills a part; undefined when it is not here. */
  kill: request<Part, { readonly killed: Part; readonly pid: number } | undefined>(),
})

export interface KeeperSources {
  readonly book: Book
  readonly roster: Roster
  /** Takes a reading of this program. */
  readonly read: () => Promise<Page>
  /** Those of the other programs that are there now. */
  readonly others: () => readonly ProcessName<typeof Books>[]
  /** What was handed to storage so far, and where that is; undefined for who hands nothing on. */
  readonly marks?: {
    readonly storage: ProcessName<typeof Storage>
    readonly read: () => Mark | undefined
  }
}

interface State extends KeeperSources {
  isReading: boolean
  readings: number
}

async function tell(state: State, context: ProcessContext): Promise<void> {
  if (state.isReading) return
  state.isReading = true
  try {
    const { book, others, marks } = state
    const page = await state.read()
    book.put(page)
    state.readings += 1
    const pages = state.readings % READINGS_PER_WHOLE === 0 ? book.pages() : [page]
    for (const other of others()) context.send(other, 'told', pages)
    const mark = marks?.read()
    if (marks !== undefined && mark !== undefined) context.send(marks.storage, 'mark', mark)
  } finally {
    state.isReading = false
  }
}

/** Asks those who were there before; nobody may be. */
function ask({ book, others }: State, context: ProcessContext): void {
  for (const other of others()) {
    const asked = context.call(other, 'pages', book.pages(), { timeoutMs: PAGES_TIMEOUT_MS })
    void asked.then((pages) => book.putAll(pages)).catch(() => {})
  }
}

function kill(
  { roster }: State,
  part: Part,
  context: ProcessContext,
): { readonly killed: Part; readonly pid: number } | undefined {
  const [pid]: readonly Pid[] = roster.alive(part)
  if (pid === undefined) return undefined
  context.log.warning('killed by request', { part, pid: pid.id })
  context.kill(pid)
  return { killed: part, pid: pid.id }
}

export const keeperActor = actor(Books, {
  init: (sources: KeeperSources): State => ({ ...sources, isReading: false, readings: 0 }),
  started(state, context) {
    ask(state, context)
    context.every(READING_MS, () => tell(state, context))
  },
  on: {
    async pages({ book, read }, given) {
      book.putAll(given)
      book.put(await read())
      return book.pages()
    },
    told: ({ book }, pages) => book.putAll(pages),
    kill,
  },
  // The last reading is that of what has ended before.
  terminate: (state, _reason, context) => tell(state, context),
})
