/**
 * store/data-file: looks through the data file before it is opened, and reads what it keeps.
 *
 * One pass does both: the walk over the pages meets every value anyway, so what is loaded is
 * what was checked.
 */

import { type DataFault, type DataRefusal, refuse } from './data-refusal.js'
import { type LmdbFileFault, lmdbFileFault } from './lmdb-file.js'
import type { PageVisitor } from './page-check.js'
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
  const visitor = new Contents(take)
  const fault = lmdbFileFault(path, PAGE_BYTES, visitor)
  if (fault !== undefined) return refuse(codeOf(fault, visitor), path, fault.reason)
  if (visitor.values > 0 && !visitor.isOurs) {
    return refuse('DATA_FOREIGN', path, 'it does not say that it is ours')
  }
  return undefined
}

function codeOf({ kind }: LmdbFileFault, visitor: Contents): DataFault {
  if (kind === 'visited') return visitor.fault
  return kind === 'foreign' ? 'DATA_FOREIGN' : 'DATA_DAMAGED'
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
