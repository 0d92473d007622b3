/**
 * map/parts: the processes of the live map: who answers its files, and who feeds it.
 *
 * They share the listener of the questions; their paths are their own. A page that loses the feed
 * comes again by itself, so each of them may be killed at any time.
 */

import { type AnySpawnable, ssePort, type WebListener, webPort } from 'troupe'
import { type FeedSources, feedActor } from './feed.js'
import { answerPage, type PageFiles } from './page.js'

/** Pages at once; one more is told to come again. */
const PAGES_MAX = 1_000

/** What the map needs, made once at the start. */
export interface MapSources {
  readonly files: PageFiles
  readonly feed: FeedSources
}

/** The children of a supervisor, in the order of their start. */
export function mapParts({ files, feed }: MapSources, listener: WebListener) {
  const page = { listener, path: '/map', fetch: (request: Request) => answerPage(files, request) }
  const stream = { listener, path: '/map/feed', reader: 'map', connectionsMax: PAGES_MAX }
  const part = (name: string, start: AnySpawnable, given: unknown) => ({
    name,
    start,
    args: [given],
  })
  return [
    part('map', feedActor, feed),
    part('map-feed', ssePort, stream),
    part('map-page', webPort, page),
  ]
}
