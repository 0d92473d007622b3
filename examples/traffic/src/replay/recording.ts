/**
 * replay/recording: a whole recording in order of time.
 *
 * Recordings are grouped by route and not by time, so all rows are read before the first is
 * sent. Rows of the same moment keep the order of the file. Knows nothing of files: it reads
 * a stream of bytes. Limit: `ROWS_MAX` rows; a longer recording is refused whole, since its
 * last positions would be wrong.
 */

import { linesOf } from './lines.js'
import { type Columns, type RecordedRow, type RowCause, readHeader, readRow } from './row.js'

/** The most rows one recording may have: about 1 GB when read. */
export const ROWS_MAX = 5_000_000

export interface Recording {
  /** In order of time. */
  readonly rows: readonly RecordedRow[]
  /** Lines that are no position, by cause. */
  readonly refused: ReadonlyMap<RowCause, number>
}

export type RecordingVerdict =
  | { readonly kind: 'recording'; readonly recording: Recording }
  | { readonly kind: 'refused'; readonly problem: string }

/** Reads a recording to its end. Rejects only when the stream does. */
export async function readRecording(
  chunks: AsyncIterable<Uint8Array>,
  rowsMax: number = ROWS_MAX,
): Promise<RecordingVerdict> {
  let columns: Columns | undefined
  const rows: RecordedRow[] = []
  const refused = new Map<RowCause, number>()
  const refuse = (cause: RowCause) => refused.set(cause, (refused.get(cause) ?? 0) + 1)
  for await (const line of linesOf(chunks)) {
    if (columns === undefined) {
      const header = readHeader(withoutMark(line ?? ''))
      if ('missing' in header) return missingColumns(header.missing)
      columns = header
      continue
    }
    if (line === '') continue
    const verdict = line === undefined ? undefined : readRow(line, columns)
    if (verdict?.kind !== 'row') {
      refuse(verdict?.cause ?? 'line-length')
      continue
    }
    if (rows.length === rowsMax) return { kind: 'refused', problem: `more than ${rowsMax} rows` }
    rows.push(verdict.row)
  }
  if (columns === undefined) return { kind: 'refused', problem: 'the file is empty' }
  rows.sort((left, right) => left.atMs - right.atMs)
  return { kind: 'recording', recording: { rows, refused } }
}

/** The last recorded row of every vehicle, by its id. */
export function lastRows(rows: readonly RecordedRow[]): ReadonlyMap<string, RecordedRow> {
  return new Map(rows.map((row) => [row.id, row]))
}

const withoutMark = (line: string): string => (line.startsWith('\ufeff') ? line.slice(1) : line)

const missingColumns = (missing: readonly string[]): RecordingVerdict => ({
  kind: 'refused',
  problem: `the header line does not name ${missing.join(', ')}`,
})
