/**
 * store/lmdb-shelf: a shelf in one file of lmdb.
 *
 * A commit is one transaction, confirmed by the disk when it settles. What lmdb would throw into
 * the open for a failed one ends here.
 *
 * @source lmdb "open", "batch"
 */
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { type Database, open } from 'lmdb'
import { JobsFault } from '#jobs/job/faults'
import type { Change, Range, Shelf } from './shelf.js'

/** Bytes in a page of the file, whatever the machine prefers: the file may be moved. */
export const PAGE_BYTES = 4_096
/** The one named database of the file. */
export const DATABASE = 'jobs'
/** Bytes of the lock file of lmdb: more than its table of readers takes. */
const LOCK_FILE_BYTES = 16 * 1_024

/** Opens a file that was looked through before, or makes it. */
export function lmdbShelf(path: string): Shelf {
  makeLockFile(path)
  const root = open({
    path,
    noSubdir: true,
    encoding: 'binary',
    pageSize: PAGE_BYTES,
    maxDbs: 4,
    // A commit settles when the disk has it, which the other way tells later and costs more.
    overlappingSync: false,
  })
  const database: Database<Buffer, Buffer> = root.openDB(DATABASE, {
    ...{ encoding: 'binary', keyEncoding: 'binary' },
  })
  let failed = false
  return {
    path,
    get: (key) => database.get(key),
    range: (range) => rangeOf(database, range),
    async commit(changes) {
      try {
        await commit(database, changes)
        failed = false
      } catch (error) {
        failed = true
        throw await faultOf(path, error)
      }
    },
    async close() {
      // After a commit that failed lmdb waits for ever for the disk: it ends with the program.
      if (!failed) await root.close()
    },
  }
}

/**
 * lmdb maps its lock file as well and would make it as a hole; filling a hole on a full disk ends
 * the program with a bus error. So its bytes are written before.
 */
function makeLockFile(file: string): void {
  const path = `${file}-lock`
  if (existsSync(path) && statSync(path).size >= LOCK_FILE_BYTES) return
  writeFileSync(path, Buffer.alloc(LOCK_FILE_BYTES))
}

function* rangeOf(database: Database<Buffer, Buffer>, { from, to, reverse }: Range) {
  if (reverse !== true) {
    for (const { key, value } of database.getRange({ start: from, end: to })) yield { key, value }
    return
  }
  // A range backwards begins with its start and stops before its end.
  for (const { key, value } of database.getRange({ start: to, end: from, reverse: true })) {
    if (key.compare(to) < 0) yield { key, value }
  }
}

/** What is put in one turn is one transaction. */
async function commit(
  database: Database<Buffer, Buffer>,
  changes: readonly Change[],
): Promise<void> {
  const commits = new Set<Promise<boolean>>()
  for (const { key, value } of changes) {
    const kept = value === undefined ? database.remove(key) : database.put(key, value)
    // A later one may throw at once; then nobody would wait for those before it.
    kept.catch(() => {})
    commits.add(kept)
  }
  for (const settled of await Promise.allSettled(commits)) {
    if (settled.status === 'rejected') throw settled.reason
  }
}

const ENOSPC = 28
const EDQUOT = 122
const EFBIG = 27

/** The failure behind a rejected commit; lmdb tells the cause in a promise of its own. */
async function faultOf(path: string, thrown: unknown): Promise<JobsFault> {
  const behind = (thrown as { readonly commitError?: unknown } | undefined)?.commitError
  const error = behind === undefined ? thrown : await Promise.resolve(behind).catch((e) => e)
  const problem = error instanceof Error ? error.message : String(error)
  const code = (error as { readonly code?: unknown } | undefined)?.code
  const isFull =
    [ENOSPC, EDQUOT, EFBIG, 'ENOSPC', 'EDQUOT', 'EFBIG'].some((full) => full === code) ||
    problem.includes('MDB_MAP_FULL')
  return new JobsFault(isFull ? 'STORE_FULL' : 'STORE_FAILED', { path, problem }, error)
}
