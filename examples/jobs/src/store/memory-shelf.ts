/**
 * store/memory-shelf: a shelf whose disk is simulated: what a crash keeps is what was committed.
 *
 * Deterministic: the caller says how long a commit takes and whether it fails. A crash loses the
 * commit that is on its way, or keeps it though nobody was told, as real ones do.
 */
import { JobsFault } from '#jobs/job/faults'
import type { Change, Range, Shelf } from './shelf.js'

/** What survives a crash: give it to the next life of the store, or a new one for a lost disk. */
export class MemoryDisk {
  readonly keys: Buffer[] = []
  readonly values = new Map<string, Buffer>()
  /** Commits fail from now on, as those of a full disk do. */
  isFull = false
}

export interface MemoryShelfOptions {
  readonly disk?: MemoryDisk
  /** Settles when the disk has written; default at once. */
  readonly write?: () => Promise<void>
  readonly path?: string
}

const text = (key: Buffer): string => key.toString('latin1')

/** Index of the first key that is not before this one. */
function place(keys: readonly Buffer[], key: Buffer): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as Buffer).compare(key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Makes a shelf in memory. */
export function memoryShelf(options: MemoryShelfOptions = {}): Shelf & { crash(): void } {
  const disk = options.disk ?? new MemoryDisk()
  const path = options.path ?? 'memory'
  let crashed = false
  const apply = (changes: readonly Change[]): void => {
    for (const { key, value } of changes) put(disk, key, value)
  }
  return {
    path,
    get: (key) => disk.values.get(text(key)),
    range: (range) => rangeOf(disk, range),
    async commit(changes) {
      if (options.write !== undefined) await options.write()
      else await Promise.resolve()
      if (crashed) return new Promise<void>(() => {})
      if (disk.isFull) throw new JobsFault('STORE_FULL', { path, problem: 'the disk is full' })
      apply(changes)
    },
    crash() {
      crashed = true
    },
    async close() {},
  }
}

function put(disk: MemoryDisk, key: Buffer, value: Buffer | undefined): void {
  const name = text(key)
  const isThere = disk.values.has(name)
  if (value === undefined) {
    if (!isThere) return
    disk.values.delete(name)
    disk.keys.splice(place(disk.keys, key), 1)
    return
  }
  if (!isThere) disk.keys.splice(place(disk.keys, key), 0, Buffer.from(key))
  disk.values.set(name, Buffer.from(value))
}

function* rangeOf(disk: MemoryDisk, { from, to, reverse }: Range) {
  const keys = disk.keys.slice(place(disk.keys, from), place(disk.keys, to))
  if (reverse === true) keys.reverse()
  for (const key of keys) {
    const value = disk.values.get(text(key))
    if (value !== undefined) yield { key, value }
  }
}
