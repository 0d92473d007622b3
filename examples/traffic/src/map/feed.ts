/**
 * map/feed: the actor that tells every open page what has moved, four times a second.
 *
 * A page connects with the part of the world it shows, gets all of it once and then what has
 * changed: who has moved, and who is gone. With no page there is nothing to do. A page that reads
 * too slowly is closed by its connection and comes again by itself.
 * Limits: `WATCH_SLOTS_MAX` of map/watch, the queue of a connection.
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
import { Onlooker } from './onlooker.js'
import { viewportOf } from './viewport.js'
import { Watch } from './watch.js'

/** Time between two frames, in milliseconds. */
const FRAME_MS = 250
/** Time between two tellings of the account, in milliseconds. */
const STATS_MS = 1_000

/** What the feed reads from. */
export interface FeedSources {
  readonly table: PositionTable
  /** The account as `GET /stats` tells it. */
  readonly stats: () => Promise<object>
}

interface Page {
  readonly connection: Pid<typeof SseConnection>
  readonly onlooker: Onlooker
}

interface State {
  readonly sources: FeedSources
  readonly pages: Map<number, Page>
  readonly watch: Watch
  /** The account is being read: it takes a file of the kernel, and must not pile up. */
  isReading: boolean
}

function pushFrames({ pages, watch }: State, context: ProcessContext): void {
  if (pages.size === 0) return
  const nowMs = context.wallMs()
  const look = watch.look()
  let whole: ReturnType<Watch['everybody']> | undefined
  const everybody = () => {
    whole ??= watch.everybody()
    return whole
  }
  for (const { connection, onlooker } of pages.values()) {
    const data = onlooker.frame(look, everybody, nowMs)
    if (data !== undefined) context.send(connection, 'send', { event: 'frame', data })
  }
}

async function pushStats(state: State, context: ProcessContext): Promise<void> {
  if (state.pages.size === 0 || state.isReading) return
  state.isReading = true
  try {
    const data = JSON.stringify(await state.sources.stats())
    for (const { connection } of state.pages.values()) {
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
    pages: new Map(),
    watch: new Watch(sources.table),
    isReading: false,
  }),
  started(state, context) {
    context.every(FRAME_MS, () => pushFrames(state, context))
    context.every(STATS_MS, () => pushStats(state, context))
  },
  on: {
    connected({ pages }, { connection, request }: SseConnected) {
      const onlooker = new Onlooker(viewportOf(request.query))
      pages.set(connection.id, { connection, onlooker })
    },
    disconnected({ pages }, { connection }) {
      pages.delete(connection.id)
    },
  },
  inspect: ({ pages }) => ({ pages: pages.size }),
})
