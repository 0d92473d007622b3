/**
 * store/keys: under which keys a job store keeps what, and the checksum around each value.
 *
 * Pure. One space of keys, parted by its first byte:
 *
 *   a name                       about the store
 *   e id                         an entry
 *   m term sequence              the id of the entry with this mark
 *   s state time id              nothing: entries by state, oldest first
 *   t blob                       about a text;  c blob: a short text itself
 *
 * A value is four bytes of CRC-32, begun with the key, and its body: a flipped bit is noticed,
 * and so is a body that stands under another key.
 */
import { crc32 } from 'node:zlib'
import { JOB_STATES, type JobState, type Mark } from '#jobs/job/job'
import { type Entry, isGone } from './entry.js'
import type { Range } from './shelf.js'

const SEAL_BYTES = 4

export function seal(key: Buffer, body: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_BYTES + body.length)
  sealed.set(body, SEAL_BYTES)
  sealed.writeUInt32LE(crc32(body, crc32(key)), 0)
  return sealed
}

/** The body, or undefined when key, body or seal are not what they were. */
export function unseal(key: Buffer, sealed: Buffer): Buffer | undefined {
  if (sealed.length < SEAL_BYTES) return undefined
  const body = sealed.subarray(SEAL_BYTES)
  return crc32(body, crc32(key)) === sealed.readUInt32LE(0) ? body : undefined
}

const named = (prefix: string) => (name: string) => Buffer.from(prefix + name, 'latin1')
/** Everything whose key begins with this letter. */
const all = (prefix: string): Range => ({
  from: Buffer.from(prefix, 'latin1'),
  to: Buffer.from([prefix.charCodeAt(0) + 1]),
})

export const aboutKey = named('a')
export const entryKey = named('e')
export const textKey = named('t')
export const contentKey = named('c')

export const ENTRIES: Range = all('e')
export const TEXTS: Range = all('t')
export const EVERYTHING: Range = { from: Buffer.from([0]), to: Buffer.from([255]) }

const NUMBER_BYTES = 8
function writeNumber(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  bytes.writeUInt32BE(value >>> 0, at + 4)
}

export function markKey({ term, sequence }: Mark): Buffer {
  const key = Buffer.alloc(1 + 2 * NUMBER_BYTES, 'm')
  writeNumber(key, 1, term)
  writeNumber(key, 1 + NUMBER_BYTES, sequence)
  return key
}

export const readMarkKey = (key: Buffer): Mark => ({
  term: key.readUInt32BE(1) * 2 ** 32 + key.readUInt32BE(5),
  sequence: key.readUInt32BE(9) * 2 ** 32 + key.readUInt32BE(13),
})

/** Entries with later marks than this one. */
export function marksAfter(mark: Mark): Range {
  return { from: Buffer.concat([markKey(mark), Buffer.from([0])]), to: Buffer.from('n', 'latin1') }
}

/** The state of an entry as a byte of its key; that of one which is gone comes last. */
const GONE = JOB_STATES.length
const stateByte = (state: JobState | 'gone'): number =>
  state === 'gone' ? GONE : JOB_STATES.indexOf(state)

const STATE_KEY_BYTES = 2 + NUMBER_BYTES

function stateStart(state: JobState | 'gone', timeMs: number): Buffer {
  const key = Buffer.alloc(STATE_KEY_BYTES, 's')
  key[1] = stateByte(state)
  writeNumber(key, 2, Math.floor(timeMs))
  return key
}

/** Jobs stand at the time they were made, what is gone at the time it went. */
export function stateKey(entry: Entry): Buffer {
  const start = isGone(entry)
    ? stateStart('gone', entry.goneMs)
    : stateStart(entry.state, entry.createdMs)
  return Buffer.concat([start, Buffer.from(entry.id, 'latin1')])
}

/** All keys of one state, or those made before this entry's. */
export const statesBefore = (state: JobState | 'gone', before?: Entry): Range => {
  const from = stateStart(state, 0)
  const to = Buffer.from([...'s'].map((one) => one.charCodeAt(0)).concat(stateByte(state) + 1))
  if (before === undefined) return { from, to }
  const end = stateKey(before)
  end[1] = stateByte(state)
  return { from, to: end }
}

/** What a key of the state index says. */
export const readStateKey = (key: Buffer): { readonly timeMs: number; readonly id: string } => ({
  timeMs: key.readUInt32BE(2) * 2 ** 32 + key.readUInt32BE(6),
  id: key.toString('latin1', STATE_KEY_BYTES),
})
