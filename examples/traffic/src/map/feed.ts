/**
 * map/feed: the actor that tells every open page what has moved, four times a second.
 *
 * A page connects with the part of the world it shows, gets all of it once and then what has
 * changed. With no page there is nothing to do. A page that reads too slowly is closed by its
 * connection and comes again by itself. Limits: `scan` of map/frame, the queue of a connection.
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
import { frameJson, type Scan, scan } from './frame.js'
import { type Viewport, viewportOf } from './viewport.js'

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
  readonly viewport: Viewport
  /** It has had nothing yet. */
  isNew: boolean
}

interface State {
  readonly sources: FeedSources
  readonly pages: Map<number, Page>
  scannedAtMs: number
  /** The account is being read: it takes a file of the kernel, and must not pile up. */
  isReading: boolean
}

function pushFrames(state: State, context: ProcessContext): void {
  const { pages, sources } = state
  if (pages.size === 0) return
  const nowMs = context.wallMs()
  const moved = scan(sources.table, state.scannedAtMs)
  state.scannedAtMs = nowMs
  let whole: Scan | undefined
  for (const page of pages.values()) {
    if (page.isNew) whole ??= scan(sources.table, Number.NEGATIVE_INFINITY)
    const found = page.isNew && whole !== undefined ? whole : moved
    if (found.sightings.length === 0 && !page.isNew) continue
    const data = frameJson(found, page.viewport, nowMs, page.isNew)
    page.isNew = false
    context.send(page.connection, 'send', { event: 'frame', data })
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
    scannedAtMs: 0,
    isReading: false,
  }),
  started(state, context) {
    context.every(FRAME_MS, () => pushFrames(state, context))
    context.every(STATS_MS, () => pushStats(state, context))
  },
  on: {
    connected({ pages }, { connection, request }: SseConnected) {
      const viewport = viewportOf(request.query)
      pages.set(connection.id, { connection, viewport, isNew: true })
    },
    disconnected({ pages }, { connection }) {
      pages.delete(connection.id)
    },
  },
  inspect: ({ pages }) => ({ pages: pages.size }),
})
