/**
 * apps/system/record-pages: records that are kept, the newest first, page by page.
 */
import type {
  AuditSheet,
  DeadLetterPage,
  DeadLetterQuery,
  LogPage,
  LogQuery,
  Page,
  PageQuestion,
} from '#cluster'
import type { Desk, Wanted } from './desk.js'
import { ListWalk } from './list-walk.js'
import type { Memory } from './memory.js'
import { type Place, placeOf } from './page.js'
import { readQuestion } from './reading.js'
import { type ReadFilter, readActFilter, readLetterFilter, readLogFilter } from './record-filter.js'
import type { Numbered, RecordRing } from './record-ring.js'

const LOGS_KNOWN: Readonly<Record<keyof LogQuery, true>> = Object.freeze({
  level: true,
  search: true,
  pid: true,
  application: true,
  limit: true,
  cursor: true,
})
const LETTERS_KNOWN: Readonly<Record<keyof DeadLetterQuery, true>> = Object.freeze({
  cause: true,
  search: true,
  limit: true,
  cursor: true,
})
const AUDIT_KNOWN: Readonly<Record<keyof PageQuestion, true>> = { limit: true, cursor: true }

/** Records of the log. */
export function wantedLogs(given: unknown, desk: Desk, { logs }: Memory): Wanted {
  const asked = readQuestion<LogQuery>('logs', given, LOGS_KNOWN)
  const place = placeOf('logs', asked, desk.cursors)
  const tell = (page: Page<LogPage['rows'][number]>): LogPage => ({
    ...page,
    kept: logs.kept,
    gone: logs.gone,
  })
  return wanted(logs, place, readLogFilter(asked, 'trace'), { desk, tell })
}

export function wantedLetters(given: unknown, desk: Desk, { letters }: Memory): Wanted {
  const asked = readQuestion<DeadLetterQuery>('deadLetters', given, LETTERS_KNOWN)
  const place = placeOf('deadLetters', asked, desk.cursors)
  const tell = (page: Page<DeadLetterPage['rows'][number]>): DeadLetterPage => ({
    ...page,
    kept: letters.kept,
    gone: letters.gone,
    dropped: desk.inspection.info().account.dropped,
  })
  return wanted(letters, place, readLetterFilter(asked), { desk, tell })
}

export function wantedAudit(given: unknown, desk: Desk, { audit }: Memory): Wanted {
  const asked = readQuestion<PageQuestion>('audit', given, AUDIT_KNOWN)
  const place = placeOf('audit', asked, desk.cursors)
  const tell = (page: Page<AuditSheet>): Page<AuditSheet> => page
  return wanted(audit, place, readActFilter({}), { desk, tell })
}

function wanted<T extends Numbered, R>(
  ring: RecordRing<T>,
  place: Place,
  { key, isMeant }: ReadFilter<T>,
  { desk, tell }: { readonly desk: Desk; readonly tell: (page: Page<T>) => R },
): Wanted {
  const make = () => {
    // A cursor names the last record of the page before: what is newer moves nothing.
    const below = place.offset === 0 ? Number.POSITIVE_INFINITY : place.offset
    const walk = new ListWalk<T, T>({
      ...{ clock: desk.inspection.clock, cursors: desk.cursors, place },
      items: ring.newest(below),
      make: (record) => (isMeant(record) ? record : undefined),
      positionOf: ({ number }) => number,
    })
    return { step: () => walk.step(), result: () => tell(walk.result()) }
  }
  return { key: `${key} ${JSON.stringify(place)}`, make }
}
