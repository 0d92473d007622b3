/**
 * rolled-files: the files that a rotation has left behind: which they are, in what order.
 *
 * Pure. A name is `base.number.extension` or `base.date.number.extension`, followed by `.gz` when
 * it is compressed; anything else in the folder is not ours and is never touched.
 */
import { basename, dirname, extname } from 'node:path'

/** Where a log is written, taken apart. */
export interface LogPath {
  readonly folder: string
  readonly base: string
  /** With its dot. */
  readonly extension: string
}

/** Takes a path apart; without an extension it gets `.log`. */
export function logPath(path: string): LogPath {
  const extension = extname(path)
  const base = basename(path, extension)
  return { folder: dirname(path), base, extension: extension === '' ? '.log' : extension }
}

interface RolledFile {
  readonly name: string
  readonly date: string
  readonly number: number
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The names of one log among those of a folder, oldest first, the open one included. */
export function rolledFiles(names: readonly string[], path: LogPath): readonly string[] {
  const [base, extension] = [escaped(path.base), escaped(path.extension)]
  const pattern = new RegExp(`^${base}(?:\\.(\\d[\\d-]*))?\\.(\\d+)${extension}(?:\\.gz)?$`)
  const files: RolledFile[] = []
  for (const name of names) {
    const match = pattern.exec(name)
    if (match !== null) files.push({ name, date: match[1] ?? '', number: Number(match[2]) })
  }
  // Dates are written from the year down to the second, so that their text sorts by time.
  files.sort((left, right) =>
    left.date === right.date ? left.number - right.number : left.date < right.date ? -1 : 1,
  )
  return files.map(({ name }) => name)
}

/** The names to delete so that `keep` remain beside the open file, which is the newest. */
export function surplus(
  names: readonly string[],
  path: LogPath,
  open: string,
  keep: number,
): readonly string[] {
  const closed = rolledFiles(names, path).filter((name) => name !== open)
  return closed.slice(0, Math.max(closed.length - keep, 0))
}
