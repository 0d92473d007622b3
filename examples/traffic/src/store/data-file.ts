/**
 * store/data-file: looks through the data file before it is opened, and reads what it keeps.
 *
 * One pass does both: the walk over the pages meets every value anyway, so what is loaded is
 * what was checked. The file is opened for reading alone and never changed here. A file that is
 * not there, or that was made and never written to, keeps nothing and is sound.
 */

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { type DataFault, type DataRefusal, refuse } from './data-refusal.js'
import { snapshotOf } from './lmdb-header.js'
import { type PageVisitor, pageFault } from './page-check.js'
import type { Report } from './position-table.js'
import { readRecord } from './record.js'
import { unseal } from './seal.js'

/** Bytes in a page of the file, whatever the machine prefers: the file may be moved. */
export const PAGE_BYTES = 4_096

/** The format this program writes and reads. */
export const FORMAT_VERSION = 1

/** Key and beginning of the record that says what the file is. */
export const FORMAT_KEY = 'format'
export const FORMAT_MARK = 'troupe-traffic'

/** The databases of the file; true for those whose keys are numbers. */
const DATABASES: Readonly<Record<string, boolean>> = Object.freeze({
  about: false,
  emergencies: false,
  positions: true,
})

/** Takes one position as it was kept. */
export type TakePosition = (slot: number, report: Report) => void

/** Whether a file can be opened: undefined when it can. Throws what the file system throws. */
export function checkDataFile(path: string, take: TakePosition): DataRefusal | undefined {
  const file = openForReading(path)
  if (file === undefined) return undefined
  try {
    return checkOpen(path, file, take)
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

function checkOpen(path: string, file: number, take: TakePosition): DataRefusal | undefined {
  const status = fstatSync(file)
  if (!status.isFile()) return refuse('DATA_FOREIGN', path, 'it is not a file')
  if (status.size === 0) return undefined
  const head = Buffer.alloc(Math.min(2 * PAGE_BYTES, status.size))
  readSync(file, head, 0, head.length, 0)
  const header = snapshotOf(head, PAGE_BYTES, machineBoot())
  if (header.kind !== 'snapshot') {
    return refuse(header.kind === 'foreign' ? 'DATA_FOREIGN' : 'DATA_DAMAGED', path, header.reason)
  }
  const visitor = new Contents(take)
  const reason = pageFault(header.snapshot, PAGE_BYTES, readFrom(file), visitor)
  if (reason !== undefined) return refuse(visitor.fault, path, reason)
  if (visitor.values > 0 && !visitor.isOurs) {
    return refuse('DATA_FOREIGN', path, 'it does not say that it is ours')
  }
  return undefined
}

const readFrom =
  (file: number) =>
  (page: number, target: Buffer, pages: number): boolean => {
    const wanted = pages * PAGE_BYTES
    const read = readSync(file, target, 0, wanted, page * PAGE_BYTES)
    return read === wanted
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
  readonly #take: TakePosition
  #fault: DataFault = 'DATA_DAMAGED'
  #isOurs = false
  #values = 0

  constructor(take: TakePosition) {
    this.#take = take
  }

  /** What a fault of the pages or of a value means for the file. */
  get fault(): DataFault {
    return this.#fault
  }

  get isOurs(): boolean {
    return this.#isOurs
  }

  /** Values met; none in a file whose making was cut short. */
  get values(): number {
    return this.#values
  }

  database(name: string, isInteger: boolean): string | undefined {
    const isKnown = Object.hasOwn(DATABASES, name) && DATABASES[name] === isInteger
    if (isKnown) return undefined
    this.#fault = 'DATA_FOREIGN'
    return 'it holds a database that is none of ours'
  }

  value(database: string, key: Buffer, value: Buffer): string | undefined {
    this.#values += 1
    const body = unseal(DATABASES[database] === true ? key.readUInt32LE(0) : key, value)
    if (body === undefined) return `a value among the ${database} does not match its checksum`
    if (database === 'about') return this.#about(key, body)
    return database === 'positions' ? this.#position(key.readUInt32LE(0), body) : undefined
  }

  #about(key: Buffer, body: Buffer): string | undefined {
    if (key.toString('latin1') !== FORMAT_KEY) return undefined
    const [mark, version] = body.toString('latin1').split(' ')
    this.#isOurs = mark === FORMAT_MARK
    if (this.#isOurs && version === String(FORMAT_VERSION)) return undefined
    this.#fault = this.#isOurs ? 'DATA_FORMAT' : 'DATA_FOREIGN'
    return this.#isOurs
      ? `it has format ${version} and this version reads format ${FORMAT_VERSION}`
      : 'it does not say that it is ours'
  }

  #position(slot: number, body: Buffer): string | undefined {
    const report = readRecord(body)
    if (report === undefined) return `the record of slot ${slot} says what no packet can`
    this.#take(slot, report)
    return undefined
  }
}
