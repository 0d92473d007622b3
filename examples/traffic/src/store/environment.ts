/**
 * store/environment: the data folder, open: its lock and the named databases of its one file.
 *
 * It outlives the actors that use it, as the table does. The file is looked through before it is
 * opened, since lmdb maps it into memory and a damaged one could end the program.
 * Limit: a disk that fails while the file is open (a page that cannot be read any more) ends the
 * program with a bus error; what was committed before is found again at the next start.
 *
 * @source lmdb "open", "openDB"
 */

import { existsSync, mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import {
  checkDataFile,
  FORMAT_KEY,
  FORMAT_MARK,
  FORMAT_VERSION,
  PAGE_BYTES,
  type TakePosition,
} from './data-file.js'
import { type DataRefusal, refuse } from './data-refusal.js'
import { type FolderLock, takeFolderLock } from './folder-lock.js'
import { seal, sealKey } from './seal.js'
import { Shelf } from './shelf.js'

/** Name of the data file inside of the folder. */
export const FILE_NAME = 'traffic.mdb'

/** Bytes that must be free when a file is opened: some pages and the lock file of lmdb. */
const ROOM_BYTES_MIN = 256 * 1_024

/** Key of the record that is written last. */
const CLOSED_KEY = 'closed'

/** Bytes of the lock file of lmdb: more than its table of readers takes. */
const LOCK_FILE_BYTES = 16 * 1_024

/** A data folder that is open. */
export interface Environment {
  readonly kind: 'open'
  readonly folder: string
  readonly file: string
  /** By slot of the position table. */
  readonly positions: Shelf<number>
  /** By whatever names an emergency. */
  readonly emergencies: Shelf<string>
  /** Bytes that are free on the disk of the folder; infinite where that is not told. */
  freeBytes(): number
  /** False once the file was removed or replaced: what is written then is found by nobody. */
  isInPlace(): boolean
  /** Waits for what is being written and gives the folder up; what comes later fails. */
  close(): Promise<void>
}

/**
 * Opens a data folder, making it when it is not there.
 *
 * Every position it keeps is given to `take`, in rising order of slots, before anything else is
 * done. A verdict `refused` says in `problem` why it cannot be used and what to do; then the data
 * file was not touched.
 *
 * @example const environment = await openEnvironment('traffic-data')
 */
export async function openEnvironment(
  folder: string,
  take: TakePosition = () => {},
): Promise<Environment | DataRefusal> {
  const lock = lockedFolder(folder)
  if (lock.kind === 'refused') return lock
  try {
    const opened = openFile(folder, lock, take)
    if (opened.kind === 'refused') lock.release()
    return opened
  } catch (error) {
    lock.release()
    return refuse('DATA_FAILED', join(folder, FILE_NAME), told(error))
  }
}

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function lockedFolder(folder: string): FolderLock | DataRefusal {
  try {
    makeFolder(folder)
    return takeFolderLock(folder)
  } catch (error) {
    const code = (error as { readonly code?: unknown } | undefined)?.code
    const isFull = code === 'ENOSPC' || code === 'EDQUOT'
    return refuse(isFull ? 'DATA_NO_ROOM' : 'DATA_FAILED', folder, told(error))
  }
}

/**
 * Makes a folder and those above it. Node's own way never ends where a file system says of a
 * folder that it is not there and neither lets it be made, as /proc does.
 */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  const above = dirname(folder)
  if (above !== folder) makeFolder(above)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another program may have made it meanwhile.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

function openFile(folder: string, lock: FolderLock, take: TakePosition): Environment | DataRefusal {
  const file = join(folder, FILE_NAME)
  const unsound = checkDataFile(file, take)
  if (unsound !== undefined) return unsound
  if (freeBytes(folder) < ROOM_BYTES_MIN) {
    return refuse('DATA_NO_ROOM', folder, `it has less than ${ROOM_BYTES_MIN} bytes free`)
  }
  makeLockFile(file)
  const root = open({
    path: file,
    noSubdir: true,
    encoding: 'binary',
    pageSize: PAGE_BYTES,
    maxDbs: 8,
  })
  const about = new Shelf(writeFormat(root))
  const inode = inodeOf(file)
  const numbered = { encoding: 'binary', keyEncoding: 'uint32' } as const
  const named = { encoding: 'binary' } as const
  return {
    kind: 'open',
    folder,
    file,
    positions: new Shelf(root.openDB<Buffer, number>('positions', numbered)),
    emergencies: new Shelf(root.openDB<Buffer, string>('emergencies', named)),
    freeBytes: () => freeBytes(folder),
    isInPlace: () => inodeOf(file) === inode,
    close: () => closeFile(root, about, lock),
  }
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino

/**
 * lmdb maps its lock file as well and would make it as a hole; filling a hole on a full disk ends
 * the program with a bus error. So its bytes are written before.
 */
function makeLockFile(file: string): void {
  const path = `${file}-lock`
  if (existsSync(path) && statSync(path).size >= LOCK_FILE_BYTES) return
  writeFileSync(path, Buffer.alloc(LOCK_FILE_BYTES))
}

/** Says in a new file whose it is; one that says so already is left as it is. */
function writeFormat(root: RootDatabase): Database<Buffer, string> {
  const about = root.openDB<Buffer, string>('about', { encoding: 'binary' })
  if (about.get(FORMAT_KEY) === undefined) {
    const body = Buffer.from(`${FORMAT_MARK} ${FORMAT_VERSION}`)
    about.putSync(FORMAT_KEY, seal(sealKey(FORMAT_KEY), body))
  }
  return about
}

/**
 * After a write that failed lmdb waits for ever for the disk to confirm it. So a last small
 * write comes first: when that fails too the file is left open, and ends with the program.
 */
async function closeFile(
  root: RootDatabase,
  about: Shelf<string>,
  lock: FolderLock,
): Promise<void> {
  try {
    const failure = await about.put(CLOSED_KEY, Buffer.from('in order'))
    if (failure === undefined) await root.close()
  } finally {
    lock.release()
  }
}
