/**
 * store/store-folder: what one coordinator keeps on its disk: the file of its jobs, and texts.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type JobStore, openJobStore } from './job-store.js'
import { textKey } from './keys.js'
import { lmdbShelf } from './lmdb-shelf.js'
import { openLongTexts } from './long-texts.js'
import { TextVault, type TextVaultOptions } from './text-vault.js'

export const FILE_NAME = 'jobs.mdb'

/** A folder that is open. */
export interface StoreFolder {
  readonly store: JobStore
  readonly texts: TextVault
  close(): Promise<void>
}

/**
 * Opens the folder of a coordinator, making it when it is not there.
 *
 * @example const folder = await openStoreFolder('jobs-data/jobs1')
 */
export async function openStoreFolder(
  folder: string,
  options: TextVaultOptions = {},
): Promise<StoreFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const store = await openJobStore(lmdbShelf(join(folder, FILE_NAME)))
  const isKnown = (blob: string): boolean => store.shelf.get(textKey(blob)) !== undefined
  const long = await openLongTexts(join(folder, 'texts'), isKnown)
  const texts = new TextVault(store, long, options)
  const close = async (): Promise<void> => {
    await texts.close()
    await store.close()
  }
  return { store, texts, close }
}
