/**
 * store/store-check: looks through the file of a job store before it is opened.
 *
 * lmdb maps its file into memory and trusts it: a damaged page could end the program. So each
 * page is read as a file, and each value has to match its checksum. Nothing is changed here.
 * Limit: it reads the whole file, at about the speed of reading.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { snapshotOf } from '@troupe-examples/traffic/store/lmdb-header'
import { type PageVisitor, pageFault } from '@troupe-examples/traffic/store/page-check'
import { formatOf, parseAbout } from './about.js'
import { decodeEntry } from './entry.js'
import { unseal } from './keys.js'
import { DATABASE, PAGE_BYTES } from './lmdb-shelf.js'

/** Why a file cannot be used; `format`: another version of this program wrote it. */
export interface StoreFileFault {
  readonly kind: 'damaged' | 'foreign' | 'format'
  readonly problem: string
}

/** Whether a file can be opened: undefined when it can, or when there is none. */
export function checkStoreFile(path: string): StoreFileFault | undefined {
  const file = openForReading(path)
  if (file === undefined) return undefined
  try {
    return checkOpen(file)
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

function checkOpen(file: number): StoreFileFault | undefined {
  const status = fstatSync(file)
  if (!status.isFile()) return { kind: 'foreign', problem: 'it is not a file' }
  if (status.size === 0) return undefined
  const head = Buffer.alloc(Math.min(2 * PAGE_BYTES, status.size))
  readSync(file, head, 0, head.length, 0)
  const header = snapshotOf(head, PAGE_BYTES, machineBoot())
  if (header.kind !== 'snapshot') return { kind: header.kind, problem: header.reason }
  const visitor = new Contents()
  const problem = pageFault(header.snapshot, PAGE_BYTES, readFrom(file), visitor)
  if (problem !== undefined) return { kind: visitor.kind, problem }
  if (visitor.values > 0 && !visitor.isOurs) {
    return { kind: 'foreign', problem: 'it does not say that it is ours' }
  }
  return undefined
}

const readFrom =
  (file: number) =>
  (page: number, target: Buffer, pages: number): boolean => {
    const wanted = pages * PAGE_BYTES
    return readSync(file, target, 0, wanted, page * PAGE_BYTES) === wanted
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

/** Judges what is in the file, value by value. */
class Contents implements PageVisitor {
  kind: StoreFileFault['kind'] = 'damaged'
  isOurs = false
  values = 0

  database(name: string, isInteger: boolean): string | undefined {
    if (name === DATABASE && !isInteger) return undefined
    this.kind = 'foreign'
    return 'it holds a database that is none of ours'
  }

  value(_database: string, key: Buffer, value: Buffer): string | undefined {
    this.values += 1
    const body = unseal(key, value)
    if (body === undefined) return `the value of ${printable(key)} does not match its checksum`
    const letter = key.toString('latin1', 0, 1)
    if (letter === 'a') return this.#about(body)
    if (letter !== 'e' || decodeEntry(body) !== undefined) return undefined
    return `the job ${printable(key)} says what no job can`
  }

  #about(body: Buffer): string | undefined {
    this.isOurs = true
    if (parseAbout(body) !== undefined) return undefined
    const format = formatOf(body)
    if (format === undefined) return 'what it says about itself makes no sense'
    this.kind = 'format'
    return format
  }
}

const printable = (key: Buffer): string => key.toString('latin1', 1).replace(/[^A-Za-z0-9_-]/g, '?')
