/**
 * store/store-check: looks through the file of a job store before it is opened.
 *
 * lmdb maps its file into memory and trusts it: a damaged page could end the program. So each
 * page is read as a file, and each value has to match its checksum. Nothing is changed here.
 * Limit: it reads the whole file, at about the speed of reading.
 */
import { lmdbFileFault } from '@troupe-examples/traffic/store/lmdb-file'
import type { PageVisitor } from '@troupe-examples/traffic/store/page-check'
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
  const visitor = new Contents()
  const fault = lmdbFileFault(path, PAGE_BYTES, visitor)
  if (fault !== undefined) {
    const kind = fault.kind === 'visited' ? visitor.kind : fault.kind
    return { kind, problem: fault.reason }
  }
  if (visitor.values > 0 && !visitor.isOurs) {
    return { kind: 'foreign', problem: 'it does not say that it is ours' }
  }
  return undefined
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
