/**
 * cluster/registrar/across/frame: what servers of hosts ask each other, a datagram each, proven.
 *
 * ```text
 * "TRPR" 4 | version 1 | kind 1 | nonce 16 | sender 16 | stamp 6 | body n | proof 32
 * ```
 *
 * The proof is checked before anything behind the kind is read. A question is filled up to the
 * length of the longest answer to it, so that nobody can have a large answer for a small question.
 * Knows nothing of sockets, time or what bodies mean.
 * Limit: `DATAGRAM_BYTES_MAX`, which every network carries in one piece.
 *
 * @source ergo-features 21 (embedded) and its weakness 12; docs/reference/wire.md
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Questions, what is told without being asked, and answers. */
export type AcrossKind =
  | 'find'
  | 'digest'
  | 'page'
  | 'notice'
  | 'farewell'
  | 'found'
  | 'digested'
  | 'paged'
  | 'clock'
  | 'waiting'

export interface AcrossFrame {
  readonly kind: AcrossKind
  /** 16 random bytes: of a question its own, of an answer those of the question. */
  readonly nonce: Uint8Array
  /** The server that sends it: 16 random bytes for one life, in base64. */
  readonly sender: string
  /** When it was sent, in milliseconds since 1970 as its sender counts them for the receiver. */
  readonly stampMs: number
  readonly body: Uint8Array
}

/** What came, or why it is nothing. */
export type ReadFrame =
  | { readonly cause: 'read'; readonly frame: AcrossFrame }
  | { readonly cause: 'malformed' | 'unproven' }

export const DATAGRAM_BYTES_MAX = 1_200
export const NONCE_BYTES = 16
export const SENDER_BYTES = 16
const MAGIC = Buffer.from('TRPR', 'latin1')
const VERSION = 1
const NONCE_AT = 6
const SENDER_AT = NONCE_AT + NONCE_BYTES
const STAMP_AT = SENDER_AT + SENDER_BYTES
const BODY_AT = STAMP_AT + 6
const PROOF_BYTES = 32
const FRAME_BYTES_MIN = BODY_AT + PROOF_BYTES
/** The longest body of a frame. */
export const BODY_BYTES_MAX = DATAGRAM_BYTES_MAX - FRAME_BYTES_MIN
const STAMP_MS_MAX = 2 ** 48 - 1

const CODES: Readonly<Record<AcrossKind, number>> = Object.freeze({
  find: 1,
  digest: 2,
  page: 3,
  notice: 4,
  farewell: 5,
  found: 129,
  digested: 130,
  paged: 131,
  clock: 132,
  waiting: 133,
})
const KINDS: ReadonlyMap<number, AcrossKind> = new Map(
  Object.entries(CODES).map(([kind, code]) => [code, kind as AcrossKind]),
)

/** True for what answers a question. */
export const isAnswer = (kind: AcrossKind): boolean => CODES[kind] > 128

/** The datagram with its proof. */
export function writeFrame(key: Uint8Array, frame: AcrossFrame): Uint8Array {
  const { kind, nonce, sender, stampMs, body } = frame
  const bytes = Buffer.alloc(FRAME_BYTES_MIN + body.length)
  MAGIC.copy(bytes)
  bytes.writeUInt8(VERSION, 4)
  bytes.writeUInt8(CODES[kind], 5)
  bytes.set(nonce, NONCE_AT)
  bytes.write(sender, SENDER_AT, SENDER_BYTES, 'base64')
  bytes.writeUIntBE(Math.min(Math.max(0, Math.round(stampMs)), STAMP_MS_MAX), STAMP_AT, 6)
  bytes.set(body, BODY_AT)
  const proofAt = bytes.length - PROOF_BYTES
  bytes.set(proofOf(key, bytes.subarray(0, proofAt)), proofAt)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** The fields of a datagram that proves that its writer has the key. */
export function readFrame(key: Uint8Array, datagram: Uint8Array): ReadFrame {
  const { length } = datagram
  if (length < FRAME_BYTES_MIN || length > DATAGRAM_BYTES_MAX) return { cause: 'malformed' }
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, length)
  if (!bytes.subarray(0, 4).equals(MAGIC) || bytes[4] !== VERSION) return { cause: 'malformed' }
  const kind = KINDS.get(bytes[5] as number)
  if (kind === undefined) return { cause: 'malformed' }
  const proofAt = length - PROOF_BYTES
  const isProven = timingSafeEqual(
    bytes.subarray(proofAt),
    proofOf(key, bytes.subarray(0, proofAt)),
  )
  if (!isProven) return { cause: 'unproven' }
  return {
    cause: 'read',
    frame: {
      kind,
      // Copies: the datagram belongs to the socket.
      nonce: Uint8Array.from(bytes.subarray(NONCE_AT, SENDER_AT)),
      sender: bytes.toString('base64', SENDER_AT, STAMP_AT),
      stampMs: bytes.readUIntBE(STAMP_AT, 6),
      body: Uint8Array.from(bytes.subarray(BODY_AT, proofAt)),
    },
  }
}

const proofOf = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(bytes).digest()
