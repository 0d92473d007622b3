/**
 * map/feed: the actor that tells every open page what has moved, four times a second.
 *
 * A page connects with the part of the world it shows, gets all of it once and then what has
 * changed: who has moved, and who is gone. With no page there is nothing to do. A page that reads
 * slowly gets fewer frames; one that reads nothing is closed by its connection.
 * Limits: `WATCH_SLOTS_MAX` of map/watch, one frame that waits for each page.
 */

import {
  actor,
  type Pid,
  type ProcessContext,
  type SseConnected,
  type SseConnection,
  SseReader,
} from 'troupe'
import type { PositionTable } from '#traffic/store/position-table'
import { Gallery, type Page } from './gallery.js'
import { viewportOf } from './viewport.js'
import { Watch } from './watch.js'

/** Time between two frames, in milliseconds. */
const FRAME_MS = 250
/** Time between two tellings of the account, in milliseconds. */
const STATS_MS = 1_000
/** Longer than a connection waits for its client: then it has been closed. */
const TAKE_MS_MAX = 30_000

/** What the feed reads from. */
export interface FeedSources {
  readonly table: Pick<PositionTable, 'at' | 'slots'>
  /** Brings the table up to date when that of another program is shown; left out: it always is. */
  readonly refresh?: (context: ProcessContext) => Promise<void>
  /** The account as `GET /stats` tells it. */
  readonly stats: () => Promise<object>
}

type Connection = Pid<typeof SseConnection>

interface State {
  readonly sources: FeedSources
  readonly gallery: Gallery<Connection>
  /** The account is being read: it takes a file of the kernel, and must not pile up. */
  isReading: boolean
}

/** Hands a page its frame, and knows it as busy until the kernel has taken it. */
function hand(page: Page<Connection>, data: string, context: ProcessContext): void {
  page.isBusy = true
  const push = { event: 'frame', data }
  // A page that has gone is told of apart; the one that reads nothing is closed before this ends.
  const taken = context.call(page.connection, 'write', push, { timeoutMs: TAKE_MS_MAX })
  void taken
    .catch(() => {})
    .then(() => {
      page.isBusy = false
    })
}

async function pushFrames({ gallery, sources }: State, context: ProcessContext): Promise<void> {
  if (gallery.size > 0) await sources.refresh?.(context)
  gallery.show(context.wallMs(), (page, frame) => hand(page, frame, context))
}

async function pushStats(state: State, context: ProcessContext): Promise<void> {
  if (state.gallery.size === 0 || state.isReading) return
  state.isReading = true
  try {
    const data = JSON.stringify(await state.sources.stats())
    for (const { connection } of state.gallery.upToDate()) {
      context.send(connection, 'send', { event: 'stats', data })
    }
  } finally {
    state.isReading = false
  }
}

export const feedActor = actor(SseReader, {
  name: 'map',
  init: (sources: FeedSources): State => ({
    sources,
    gallery: new Gallery(new Watch(sources.table)),
    isReading: false,
  }),
  started(state, context) {
    context.every(FRAME_MS, () => pushFrames(state, context))
    context.every(STATS_MS, () => pushStats(state, context))
  },
  on: {
    connected({ gallery }, { connection, request }: SseConnected) {
      gallery.enter(connection.id, connection, viewportOf(request.query))
    },
    disconnected({ gallery }, { connection }) {
      gallery.leave(connection.id)
    },
  },
  inspect: ({ gallery }) => ({ pages: gallery.size }),
})
