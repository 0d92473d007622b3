/**
 * store/shelf: one named database of the data file: sealed values under numbers or texts.
 *
 * All that is written in one call goes to disk as one transaction, on a thread of lmdb, and a
 * failure comes back as a value. What lmdb would otherwise throw into the open (a rejection
 * that nobody can catch, for each failed commit) ends here.
 * Limit: a key of text has at most 1,900 bytes of UTF-8 and no NUL.
 */

import type { Database } from 'lmdb'
import { seal, sealKey, unseal } from './seal.js'

/** Why a write did not reach the disk; each is counted apart. */
export const DISK_FAULTS = Object.freeze([
  'disk-full',
  'map-full',
  'io',
  'file-gone',
  'other',
] as const)
export type DiskFault = (typeof DISK_FAULTS)[number]

/** A write that failed: all of it, since a transaction is all or nothing. */
export interface WriteFailure {
  readonly cause: DiskFault
  /** What was reported, for people. */
  readonly told: string
}

/** A value to keep under a key, or a key whose value shall go. */
export type Change<K extends number | string> =
  | { readonly kind: 'put'; readonly key: K; readonly sealed: Buffer }
  | { readonly kind: 'remove'; readonly key: K }

export class Shelf<K extends number | string> {
  readonly #database: Database<Buffer, K>

  constructor(database: Database<Buffer, K>) {
    this.#database = database
  }

  /** Keeps one body under a key; undefined once it is on disk. */
  put(key: K, body: Uint8Array): Promise<WriteFailure | undefined> {
    return this.write([{ kind: 'put', key, sealed: seal(sealKey(key), body) }])
  }

  /** Forgets a key; one that is not there is no failure. */
  remove(key: K): Promise<WriteFailure | undefined> {
    return this.write([{ kind: 'remove', key }])
  }

  /** Writes all changes as one transaction; the buffers must not change until it is done. */
  async write(changes: Iterable<Change<K>>): Promise<WriteFailure | undefined> {
    const commits = new Set<Promise<boolean>>()
    try {
      for (const change of changes) commits.add(this.#enqueue(change))
      for (const settled of await Promise.allSettled(commits)) {
        if (settled.status === 'rejected') return await failureOf(settled.reason)
      }
      return undefined
    } catch (error) {
      return failureOf(error)
    }
  }

  /** Everything there is, in the order of the keys; a value whose seal is broken is left out. */
  *entries(): Generator<{ readonly key: K; readonly body: Buffer }> {
    for (const { key, value } of this.#database.getRange({})) {
      const body = unseal(sealKey(key), value)
      if (body !== undefined) yield { key, body }
    }
  }

  get size(): number {
    return this.#database.getCount()
  }

  #enqueue(change: Change<K>): Promise<boolean> {
    if (change.kind === 'remove') return this.#database.remove(change.key)
    return this.#database.put(change.key, change.sealed)
  }
}

/** The failure behind a rejected commit; lmdb tells the cause in a promise of its own. */
async function failureOf(thrown: unknown): Promise<WriteFailure> {
  const behind = (thrown as { readonly commitError?: unknown } | undefined)?.commitError
  const error = behind === undefined ? thrown : await Promise.resolve(behind).catch((e) => e)
  const told = error instanceof Error ? error.message : String(error)
  return { cause: diskFaultOf(error, told), told }
}

const ENOSPC = 28
const EDQUOT = 122
const EIO = 5

/** The numbers are those of errno on Linux; lmdb gives them as they are. */
export function diskFaultOf(error: unknown, told: string): DiskFault {
  const code = (error as { readonly code?: unknown } | undefined)?.code
  if (code === ENOSPC || code === EDQUOT || code === 'ENOSPC' || code === 'EDQUOT') {
    return 'disk-full'
  }
  if (told.includes('MDB_MAP_FULL')) return 'map-full'
  return code === EIO || code === 'EIO' ? 'io' : 'other'
}
