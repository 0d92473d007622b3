/**
 * store/text-note: what is known of a text that is whole. Pure.
 */
import { crc32 } from 'node:zlib'
import { seal, textKey } from './keys.js'
import type { Change } from './shelf.js'

export interface TextNote {
  readonly bytes: number
  readonly sha256: string
  readonly sealedMs: number
  /** In a file of its own. */
  readonly isLong: boolean
  /** Bytes in a page of a long text, and the checksum of each. */
  readonly pageBytes: number
  readonly sums: readonly number[]
}

export function writeTextNote(blob: string, note: TextNote): Change {
  const key = textKey(blob)
  return { key, value: seal(key, Buffer.from(JSON.stringify(note), 'utf8')) }
}

export function readTextNote(body: Uint8Array): TextNote | undefined {
  try {
    const note = JSON.parse(Buffer.from(body).toString('utf8')) as TextNote
    return Number.isSafeInteger(note.bytes) && Array.isArray(note.sums) ? note : undefined
  } catch {
    return undefined
  }
}

/** The checksum of each page; the last one may be shorter. */
export function pageSums(bytes: Uint8Array, pageBytes: number): readonly number[] {
  const sums: number[] = []
  for (let at = 0; at < bytes.length; at += pageBytes) {
    sums.push(crc32(bytes.subarray(at, at + pageBytes)))
  }
  return sums
}
