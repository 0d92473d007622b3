/**
 * view/profile-view: the costliest functions of a node, or the spaces of its heap.
 */
import { fieldsOf, listOf, numberOf, textOf } from '#connect/reading'
import { safeText } from '#terminal/safe-text'
import { tableLines } from '#terminal/table'
import { bytes, count, duration } from '#terminal/units'
import type { Layout } from './layout.js'

type Fields = Readonly<Record<string, unknown>>

const ROWS_MAX = 30

const number = (fields: Fields, name: string): number => numberOf(fields[name], -1)
const right = (title: string) => ({ title, side: 'right' as const })

/** The lines of `troupe profile`. */
export const profileLines = (sheet: Fields, layout: Layout): readonly string[] =>
  sheet['kind'] === 'heap' ? heapLines(sheet, layout) : functionLines(sheet, layout)

function functionLines(sheet: Fields, { paint, width }: Layout): readonly string[] {
  const tookMs = Math.max(1, number(sheet, 'tookMs'))
  const share = (ms: number): string => `${((ms / tookMs) * 100).toFixed(1)} %`
  const rows = listOf(sheet['rows'])
    .slice(0, ROWS_MAX)
    .map(fieldsOf)
    .map((row) => [
      share(number(row, 'selfMs')),
      share(number(row, 'totalMs')),
      duration(number(row, 'selfMs')),
      safeText(textOf(row['name']), 200),
      safeText(textOf(row['place']), 300),
    ])
  const title = `${duration(tookMs)}, ${count(number(sheet, 'samples'))} looks at the stack`
  const columns = [
    ...[right('SELF'), right('WITH CALLED'), right('SELF TIME')],
    ...[
      { title: 'FUNCTION', widthMin: 12 },
      { title: 'PLACE', widthMin: 12 },
    ],
  ]
  return [paint('bold', title), ...tableLines({ columns, rows, width, paint })]
}

function heapLines(sheet: Fields, { paint, width }: Layout): readonly string[] {
  const spaces = listOf(sheet['spaces']).map(fieldsOf)
  const rows = spaces.map((space) => [
    safeText(textOf(space['name']), 60),
    ...['usedBytes', 'sizeBytes', 'limitBytes'].map((name) => bytes(number(space, name))),
  ])
  const columns = [{ title: 'SPACE', widthMin: 8 }, ...['USED', 'SIZE', 'LIMIT'].map(right)]
  const collections = listOf(sheet['collections']).map(fieldsOf)
  const collected = collections.map((one) => [
    safeText(textOf(one['kind']), 60),
    count(number(one, 'count')),
    duration(number(one, 'totalMs')),
    duration(number(one, 'maxMs')),
  ])
  const gc = [{ title: 'COLLECTION', widthMin: 8 }, ...['COUNT', 'TIME', 'LONGEST'].map(right)]
  return [
    ...tableLines({ columns, rows, width, paint }),
    '',
    ...tableLines({ columns: gc, rows: collected, width, paint }),
  ]
}
