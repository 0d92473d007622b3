/**
 * apps/system/page: a part of a list, so long as it is asked for and never longer than it may be.
 */
import type { Page, PageQuestion } from '#cluster'
import { requireOption } from '#contract'
import type { Cursors } from './cursor.js'
import { PAGE_CHARS_MAX } from './limits.js'
import { readLimit, readQuestion } from './reading.js'

/** Where a page begins and how long it may be. */
export interface Place {
  readonly list: string
  readonly limit: number
  readonly offset: number
}

const KNOWN: Readonly<Record<keyof PageQuestion, true>> = { limit: true, cursor: true }

/** OPTION_INVALID for what cannot be asked. */
export function readPlace(list: string, given: unknown, cursors: Cursors): Place {
  const asked = readQuestion<PageQuestion>(list, given, KNOWN)
  return placeOf(list, asked, cursors)
}

/** The same of a question that has other fields, too. */
export function placeOf(
  list: string,
  asked: { readonly limit?: unknown; readonly cursor?: unknown },
  cursors: Cursors,
): Place {
  const limit = readLimit(asked.limit)
  const [offset = 0] = cursors.read(list, asked.cursor, 1) ?? []
  return { list, limit, offset }
}

/**
 * Of several lists that are told together each one's page; with the cursor of one of them that one
 * goes on, and the others are empty.
 */
export function readPlaces<const L extends readonly string[]>(
  lists: L,
  given: unknown,
  cursors: Cursors,
): { readonly [K in L[number]]: Place } {
  const asked = readQuestion<PageQuestion>(lists.join(' and '), given, KNOWN)
  const limit = readLimit(asked.limit)
  const named = lists.find((list) => cursors.isOf(list, asked.cursor))
  const isKnown = asked.cursor === undefined || named !== undefined
  requireOption(isKnown, 'cursor', 'unknown', 'it is of another list; begin without one')
  const places = lists.map((list) => {
    if (named === undefined) return [list, { list, limit, offset: 0 }]
    if (named !== list) return [list, { list, limit: 0, offset: 0 }]
    const [offset = 0] = cursors.read(list, asked.cursor, 1) ?? []
    return [list, { list, limit, offset }]
  })
  return Object.fromEntries(places) as { readonly [K in L[number]]: Place }
}

/** Makes the rows of a page of a list that is there. */
export function pageOf<T, R>(
  all: readonly T[],
  { list, limit, offset }: Place,
  cursors: Cursors,
  make: (item: T) => R,
): Page<R> {
  const rows: R[] = []
  let left = PAGE_CHARS_MAX
  let at = offset
  for (; at < all.length && rows.length < limit && left > 0; at += 1) {
    const row = make(all[at] as T)
    left -= lengthOf(row)
    rows.push(row)
  }
  const isOver = at >= all.length || limit === 0
  return { rows, next: isOver ? undefined : cursors.write(list, at) }
}

/** About how long a row is on its way. */
export function lengthOf(row: unknown): number {
  try {
    return JSON.stringify(row)?.length ?? 0
  } catch {
    // A bigint, which the codec carries and JSON does not.
    return UNKNOWN_LENGTH
  }
}

const UNKNOWN_LENGTH = 1_000
