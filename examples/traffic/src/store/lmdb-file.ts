/**
 * store/lmdb-file: looks through a file of lmdb without lmdb, which would trust it.
 *
 * Heads, pages and values are read as a file, which is opened for reading alone and never changed
 * here. One that is not there, or that was made and never written to, holds nothing and is sound.
 */

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { snapshotOf } from './lmdb-header.js'
import { type PageVisitor, pageFault } from './page-check.js'

/** Why lmdb must not open a file; `visited`: a page or a value in it, as the visitor has seen. */
export interface LmdbFileFault {
  readonly kind: 'foreign' | 'damaged' | 'visited'
  readonly reason: string
}

/** Shows a visitor all that is in a file. Throws what the file system throws. */
export function lmdbFileFault(
  path: string,
  pageBytes: number,
  visitor: PageVisitor,
): LmdbFileFault | undefined {
  const file = openForReading(path)
  if (file === undefined) return undefined
  try {
    return openFileFault(file, pageBytes, visitor)
  } finally {
    closeSync(file)
  }
}

function openForReading(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}

function openFileFault(
  file: number,
  pageBytes: number,
  visitor: PageVisitor,
): LmdbFileFault | undefined {
  const status = fstatSync(file)
  if (!status.isFile()) return { kind: 'foreign', reason: 'it is not a file' }
  if (status.size === 0) return undefined
  const head = Buffer.alloc(Math.min(2 * pageBytes, status.size))
  readSync(file, head, 0, head.length, 0)
  const header = snapshotOf(head, pageBytes, machineBoot())
  if (header.kind !== 'snapshot') return { kind: header.kind, reason: header.reason }
  const read = (page: number, target: Buffer, pages: number): boolean => {
    const wanted = pages * pageBytes
    return readSync(file, target, 0, wanted, page * pageBytes) === wanted
  }
  const reason = pageFault(header.snapshot, pageBytes, read, visitor)
  return reason === undefined ? undefined : { kind: 'visited', reason }
}

/** As lmdb reads it: the first digits of the machine's life, up to the first that is none. */
function machineBoot(): bigint {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')
    const digits = /^[0-9a-f]+/i.exec(text)?.[0]
    return digits === undefined ? 0n : BigInt(`0x${digits}`)
  } catch {
    return 0n
  }
}
