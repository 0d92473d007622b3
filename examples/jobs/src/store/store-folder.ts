/**
 * store/store-folder: what one coordinator keeps on its disk: the file of its jobs, and texts.
 *
 * One program at a time has it. The file is looked through before it is opened. One that is
 * damaged, or none of ours, is set aside under another name with the texts it knew, and a new
 * one is made: what it had comes back from the majority, and until then it counts for nothing.
 * The new one knows what it follows, so that a cluster of such stores does not begin anew.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { takeFolderLock } from '@troupe-examples/traffic/store/folder-lock'
import { JobsFault } from '#jobs/job/faults'
import { FORMAT_VERSION } from './about.js'
import { type JobStore, openJobStore } from './job-store.js'
import { textKey } from './keys.js'
import { lmdbShelf } from './lmdb-shelf.js'
import { openLongTexts } from './long-texts.js'
import { checkStoreFile } from './store-check.js'
import { TextVault, type TextVaultOptions } from './text-vault.js'

export const FILE_NAME = 'jobs.mdb'
export const TEXTS_NAME = 'texts'
export const LOCK_NAME = 'jobs.lock'

/** A folder that is open. */
export interface StoreFolder {
  readonly store: JobStore
  readonly texts: TextVault
  /** STORE_CORRUPT or STORE_FOREIGN: what was there before, and under which name it is now. */
  readonly setAside: JobsFault | undefined
  close(): Promise<void>
}

/**
 * Opens the folder of a coordinator, making it when it is not there. Rejects with JobsFault
 * STORE_IN_USE, STORE_FORMAT, STORE_FULL or STORE_FAILED.
 *
 * @example const folder = await openStoreFolder('jobs-data/jobs1')
 */
export async function openStoreFolder(
  folder: string,
  options: TextVaultOptions = {},
): Promise<StoreFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = takeFolderLock(folder, LOCK_NAME)
  if (lock.kind === 'refused') {
    throw new JobsFault('STORE_IN_USE', { path: folder, problem: lock.problem })
  }
  try {
    const setAside = checked(folder)
    const store = await openJobStore(lmdbShelf(join(folder, FILE_NAME)), asideIn(folder))
    const isKnown = (blob: string): boolean => store.shelf.get(textKey(blob)) !== undefined
    const texts = new TextVault(
      store,
      await openLongTexts(join(folder, TEXTS_NAME), isKnown),
      options,
    )
    const close = async (): Promise<void> => {
      await texts.close()
      await store.close()
      lock.release()
    }
    return { store, texts, setAside, close }
  } catch (problem) {
    lock.release()
    throw problem
  }
}

/** Looks through the file, and sets it aside when it cannot be used. */
function checked(folder: string): JobsFault | undefined {
  const path = join(folder, FILE_NAME)
  const fault = checkStoreFile(path)
  if (fault === undefined) return undefined
  const { kind, problem } = fault
  if (kind === 'format') {
    throw new JobsFault('STORE_FORMAT', { path, found: problem, wanted: FORMAT_VERSION })
  }
  const aside = setAside(folder, path)
  const code = kind === 'foreign' ? 'STORE_FOREIGN' : 'STORE_CORRUPT'
  return new JobsFault(code, { path, problem, aside })
}

const ASIDE = `${FILE_NAME}.aside-`

/** What was set aside in a folder, also by an earlier start: the file, or a pattern for several. */
function asideIn(folder: string): string | undefined {
  const names = readdirSync(folder).filter((name) => name.startsWith(ASIDE))
  const [only] = names
  if (only === undefined) return undefined
  return join(folder, names.length === 1 ? only : `${ASIDE}*`)
}

/** Nothing is deleted but the lock file of lmdb, which says nothing any more. */
function setAside(folder: string, path: string): string {
  let number = 1
  while (existsSync(`${path}.aside-${number}`)) number += 1
  const aside = `${path}.aside-${number}`
  const texts = join(folder, TEXTS_NAME)
  if (existsSync(texts)) renameSync(texts, `${texts}.aside-${number}`)
  rmSync(`${path}-lock`, { force: true })
  renameSync(path, aside)
  return aside
}
