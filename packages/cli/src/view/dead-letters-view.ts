/**
 * view/dead-letters-view: what nobody handled: how much by cause, and the last ones.
 */
import { safeText } from '#terminal/safe-text'
import { tableLines } from '#terminal/table'
import { count, timeOfDay } from '#terminal/units'
import type { Layout } from './layout.js'
import { addressText } from './value-view.js'

/** One dead letter, with the time when it is known. */
export interface DeadLetterFacts {
  readonly timeMs?: number | undefined
  readonly cause: string
  readonly from?: unknown
  readonly to: unknown
  readonly message: string
  readonly count: number
}

const addressed = (value: unknown): string =>
  safeText(addressText(value) ?? (value === undefined ? '-' : String(value)), 300)

/** One line, for following. */
export function deadLetterLine(letter: DeadLetterFacts, { paint }: Layout): string {
  const time = letter.timeMs === undefined ? '' : `${paint('dim', timeOfDay(letter.timeMs))} `
  const times = letter.count > 1 ? ` ${count(letter.count)}x` : ''
  const cause = paint('yellow', safeText(letter.cause, 60))
  const way = `${addressed(letter.from)} -> ${addressed(letter.to)}`
  return `${time}${cause} ${safeText(letter.message, 200)}${times} ${way}`
}

/** How many were dropped by cause, the most frequent first. */
export function causeLines(
  dropped: Readonly<Record<string, number>>,
  { width, paint }: Layout,
): readonly string[] {
  const causes = Object.entries(dropped)
    .filter(([, number]) => number > 0)
    .sort(([, left], [, right]) => right - left)
  if (causes.length === 0) return ['nothing was dropped since the start']
  const columns = [
    { title: 'CAUSE', widthMin: 10 },
    { title: 'DROPPED', side: 'right' as const },
  ]
  const rows = causes.map(([cause, number]) => [safeText(cause, 60), count(number)])
  return tableLines({ columns, rows, width, paint })
}
