/**
 * store/store-folder: what one coordinator keeps on its disk: the file of its jobs, and texts.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type JobStore, openJobStore } from './job-store.js'
import { lmdbShelf } from './lmdb-shelf.js'
import { ShortTexts } from './short-texts.js'
import type { TextPlace } from './text-place.js'

export const FILE_NAME = 'jobs.mdb'

/** A folder that is open. */
export interface StoreFolder {
  readonly store: JobStore
  readonly texts: TextPlace
  close(): Promise<void>
}

/**
 * Opens the folder of a coordinator, making it when it is not there.
 *
 * @example const folder = await openStoreFolder('jobs-data/jobs1')
 */
export async function openStoreFolder(folder: string): Promise<StoreFolder> {
  mkdirSync(folder, { recursive: true })
  const store = await openJobStore(lmdbShelf(join(folder, FILE_NAME)))
  return { store, texts: new ShortTexts(store), close: () => store.close() }
}
