/**
 * page/model/row-rates: what the processes of a table do in a second, from two looks at them.
 *
 * A process that was not in the look before has no rates yet. Limit: as many as are in one look.
 */
import type { PidText } from '#observer/contract/api'
import type { ToldProcessRow } from './told.js'

/** In a second; `utilisation` is the share of the time in handlers, 0 to 1. */
export interface RowRates {
  readonly messagesIn: number
  readonly messagesOut: number
  readonly wakeUps: number
  readonly utilisation: number
}

/** What is kept of one look. */
export interface Look {
  readonly timeMs: number
  readonly rows: ReadonlyMap<PidText, ToldProcessRow>
  readonly rates: ReadonlyMap<PidText, RowRates>
}

export const NO_LOOK: Look = Object.freeze({ timeMs: 0, rows: new Map(), rates: new Map() })

/** The next look; what of it was in the last one has rates. */
export function nextLook(last: Look, rows: readonly ToldProcessRow[], timeMs: number): Look {
  const passedMs = timeMs - last.timeMs
  const rates = new Map<PidText, RowRates>()
  for (const row of rows) {
    const before = last.rows.get(row.pid)
    const known = before === undefined || passedMs <= 0 ? undefined : ratesOf(before, row, passedMs)
    const kept = known ?? last.rates.get(row.pid)
    if (kept !== undefined) rates.set(row.pid, kept)
  }
  return { timeMs, rows: new Map(rows.map((row) => [row.pid, row])), rates }
}

/** The age of the process tells the time between the looks better than the clock of the page. */
function ratesOf(
  before: ToldProcessRow,
  now: ToldProcessRow,
  passedMs: number,
): RowRates | undefined {
  const agedMs = now.uptimeMs - before.uptimeMs
  const spanMs = agedMs > 0 ? agedMs : passedMs
  // The same answer, given to two who asked at once, tells nothing new.
  if (agedMs === 0) return undefined
  const perSecond = (from: number, to: number): number => (Math.max(0, to - from) * 1_000) / spanMs
  return {
    messagesIn: perSecond(before.messagesIn, now.messagesIn),
    messagesOut: perSecond(before.messagesOut, now.messagesOut),
    wakeUps: perSecond(before.wakeUps, now.wakeUps),
    utilisation: Math.min(1, perSecond(before.runningMs, now.runningMs) / 1_000),
  }
}
