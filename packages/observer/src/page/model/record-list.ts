/**
 * page/model/record-list: records that come as they happen, merged with those that were kept.
 *
 * The newest first. A record is known by its node and its number, so that one that was kept and
 * is told again stands there once. Limit: `lengthMax`; the oldest fall out.
 */

/** What logs, dead letters and audits have in common. */
export interface NumberedRecord {
  readonly number: number
  readonly timeMs: number
}

/** A record with the node it came from. */
export type OfNode<T> = T & { readonly node: string }

export interface RecordList<T extends NumberedRecord> {
  readonly rows: readonly OfNode<T>[]
  /** Were left out on their way, because there were too many. */
  readonly leftOut: number
}

const EMPTY: RecordList<never> = Object.freeze({ rows: [], leftOut: 0 })

/** A list of nothing yet. */
export const noRecords = <T extends NumberedRecord>(): RecordList<T> => EMPTY

const idOf = ({ node, number }: OfNode<NumberedRecord>): string => `${number} ${node}`

const newestFirst = (a: OfNode<NumberedRecord>, b: OfNode<NumberedRecord>): number =>
  b.timeMs - a.timeMs || b.number - a.number || (a.node < b.node ? -1 : 1)

/** The list with more in it; the same list when all of it was known. */
export function withRecords<T extends NumberedRecord>(
  list: RecordList<T>,
  more: readonly OfNode<T>[],
  { lengthMax, leftOut = 0 }: { readonly lengthMax: number; readonly leftOut?: number },
): RecordList<T> {
  const known = new Set(list.rows.map(idOf))
  const fresh = more.filter((record) => {
    const id = idOf(record)
    if (known.has(id)) return false
    known.add(id)
    return true
  })
  if (fresh.length === 0 && leftOut === 0) return list
  const rows = [...fresh, ...list.rows].sort(newestFirst)
  return { rows: rows.slice(0, lengthMax), leftOut: list.leftOut + leftOut }
}
