/**
 * The tables of docs/reference/wire.md, as a reader of the page would take them.
 */
import { readFileSync } from 'node:fs'
import type { KindRow, TagRow } from '#test/unit/network/codec/plain-table'

const PAGE = new URL('../../../../../../docs/reference/wire.md', import.meta.url)

/** What stands below a heading. */
export function sectionBelow(heading: string): string {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split(`\n${heading}\n`)
  return section
}

/** The cells of the first table below a heading, without its head. */
export function tableBelow(heading: string): readonly (readonly string[])[] {
  const lines = sectionBelow(heading)
    .split('\n')
    .map((line) => line.trim())
  const from = lines.findIndex((line) => line.startsWith('|'))
  const to = lines.findIndex((line, at) => at > from && !line.startsWith('|'))
  return lines.slice(from + 2, to).map(cellsOf)
}

const cellsOf = (line: string): readonly string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''))

export function pageTags(): readonly TagRow[] {
  return tableBelow('### Tags').map(([tags = '', name = '', follows = '']) => {
    const [first = '', last = first] = tags.split('-')
    const parts = follows === '' ? [] : follows.split(', ')
    return { first: Number(first), last: Number(last), name, follows: parts }
  })
}

export function pageKinds(): readonly KindRow[] {
  return tableBelow('### Binary data').map(([, name = '', width = '']) => ({
    name,
    width: Number(width),
  }))
}

/** Number of each kind as written, in the order of the table. */
export const pageKindNumbers = (): readonly number[] =>
  tableBelow('### Binary data').map(([kind]) => Number(kind))

export function pageLimits(): Readonly<Record<string, number>> {
  const rows = tableBelow('### Limits').map(([limit = '', , value = '']) => [
    limit,
    Number(value.replaceAll(',', '')),
  ])
  return Object.fromEntries(rows)
}
