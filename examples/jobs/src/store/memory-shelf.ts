/**
 * store/memory-shelf: a shelf in memory: of a mirror, or with a disk that is simulated.
 *
 * What a crash keeps is what was committed. Deterministic: the caller says how long a commit takes
 * and whether it fails. A crash loses the commit that is on its way, or keeps it though nobody was
 * told, as real ones do.
 */
import { JobsFault } from '#jobs/job/faults'
import { OrderedKeys } from './ordered-keys.js'
import type { Change, Range, Shelf } from './shelf.js'

/** What survives a crash: give it to the next life of the store, or a new one for a lost disk. */
export class MemoryDisk {
  readonly keys = new OrderedKeys()
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

/** Makes a shelf in memory. */
export function memoryShelf(options: MemoryShelfOptions = {}): Shelf & { crash(): void } {
  const disk = options.disk ?? new MemoryDisk()
  const path = options.path ?? 'memory'
  let crashed = false
  return {
    path,
    get: (key) => disk.values.get(text(key)),
    range: (range) => rangeOf(disk, range),
    async commit(changes) {
      if (options.write !== undefined) await options.write()
      else await Promise.resolve()
      if (crashed) return new Promise<void>(() => {})
      if (disk.isFull) throw new JobsFault('STORE_FULL', { path, problem: 'the disk is full' })
      applyTo(disk, changes)
    },
    crash() {
      crashed = true
    },
    async close() {},
  }
}

/** All of them at once, for who has no disk to wait for. */
export function applyTo(disk: MemoryDisk, changes: readonly Change[]): void {
  for (const { key, value } of changes) put(disk, key, value)
}

function put({ keys, values }: MemoryDisk, key: Buffer, value: Buffer | undefined): void {
  const name = text(key)
  const isThere = values.has(name)
  if (value === undefined) {
    if (isThere) keys.remove(key)
    values.delete(name)
    return
  }
  if (!isThere) keys.add(Buffer.from(key))
  values.set(name, Buffer.from(value))
}

function* rangeOf({ keys, values }: MemoryDisk, { from, to, reverse }: Range) {
  for (const key of reverse === true ? keys.backwards(from, to) : keys.between(from, to)) {
    const value = values.get(text(key))
    if (value !== undefined) yield { key, value }
  }
}
