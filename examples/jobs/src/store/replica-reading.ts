/**
 * store/replica-reading: what is asked of a replica, read from values that may be anything.
 *
 * Pure: undefined for whatever no coordinator would send.
 */
import type { Mark } from '#jobs/job/job'
import { readBallot } from './ballot.js'
import { type Entry, encodeEntry, isMark, isName, readEntry } from './entry.js'
import type { StoreWrite } from './job-store.js'

/** Entries, or ids to forget, in one write; entries in one page of changes. */
export const WRITE_MAX = 2_000
/** Bytes of a text in one request. */
export const PART_BYTES_MAX = 1_024 * 1_024

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

export const readPromise = (value: unknown) => readBallot(fieldsOf(value)['ballot'])

export function readWrite(value: unknown): StoreWrite | undefined {
  const { ballot: givenBallot, entries: givenEntries, forget, complete, floor } = fieldsOf(value)
  const ballot = readBallot(givenBallot)
  const entries = readEntries(givenEntries)
  if (ballot === undefined || entries === undefined) return undefined
  if (forget !== undefined && !areNames(forget)) return undefined
  if (![complete, floor].every((mark) => mark === undefined || isMark(mark))) return undefined
  return {
    ...{ ballot, entries },
    ...(forget === undefined ? {} : { forget: forget as readonly string[] }),
    ...(complete === undefined ? {} : { complete: complete as Mark }),
    ...(floor === undefined ? {} : { floor: floor as Mark }),
  }
}

/** All of them, or undefined when one is none of ours or cannot be kept. */
export function readEntries(value: unknown): readonly Entry[] | undefined {
  if (!Array.isArray(value) || value.length > WRITE_MAX) return undefined
  const entries: Entry[] = []
  for (const one of value) {
    const entry = readEntry(one)
    if (entry === undefined || encodeEntry(entry) === undefined) return undefined
    entries.push(entry)
  }
  return entries
}

const areNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= WRITE_MAX && value.every(isName)

export function readChanges(value: unknown) {
  const { after, limit } = fieldsOf(value)
  const ballot = readPromise(value)
  if (!isMark(after) || !isLength(limit, WRITE_MAX) || limit === 0) return undefined
  return ballot === undefined ? undefined : { ballot, after, limit }
}

const isLength = (value: unknown, max: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max

export function readLookup(value: unknown) {
  const { ids } = fieldsOf(value)
  const ballot = readPromise(value)
  if (ballot === undefined || !areNames(ids)) return undefined
  return { ballot, ids: ids as readonly string[] }
}

export function readAppend(value: unknown, bytesMax: number) {
  const { blob, at, bytes } = fieldsOf(value)
  if (!isName(blob) || !isLength(at, bytesMax) || !(bytes instanceof Uint8Array)) return undefined
  return bytes.length > PART_BYTES_MAX ? undefined : { blob, at, bytes }
}

export function readSeal(value: unknown, bytesMax: number) {
  const { blob, length, sha256 } = fieldsOf(value)
  if (!isName(blob) || !isLength(length, bytesMax)) return undefined
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
    ? { blob, length, sha256 }
    : undefined
}

export function readRead(value: unknown, bytesMax: number) {
  const { blob, at, length } = fieldsOf(value)
  const isFine = isName(blob) && isLength(at, bytesMax) && isLength(length, PART_BYTES_MAX)
  return isFine ? { blob, at, length } : undefined
}

export function readDrop(value: unknown): string | undefined {
  const { blob } = fieldsOf(value)
  return isName(blob) ? blob : undefined
}
