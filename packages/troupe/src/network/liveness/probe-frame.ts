/**
 * network/liveness/probe-frame: one question and one answer in a datagram each, both proven.
 *
 * ```text
 * "TRPL" 4 | version 1 | kind 1 | nonce 16 | creation 6 | loop delay 4 | name 2 + n | proof 32
 * ```
 *
 * Question and answer have the same fields, so an answer is never larger than what it answers.
 * The proof covers the kind: no question is an answer. Knows nothing of sockets or time.
 *
 * @source docs/reference/wire.md, "Liveness"
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** What both datagrams tell. */
export interface ProbeFrame {
  readonly kind: 'probe' | 'answer'
  /** 16 random bytes, chosen by who asks. */
  readonly nonce: Uint8Array
  /** The node that is asked, or that answers. */
  readonly name: string
  /** The life that is asked for, or that of the node that answers. */
  readonly creation: number
  /** How far the loop of the node is behind, in milliseconds; 0 in a probe. */
  readonly loopDelayMs: number
}

export const PROBE_NONCE_BYTES = 16

const KEY_INFO = 'troupe liveness 1'
const KEY_BYTES = 32
const MAGIC = Buffer.from('TRPL', 'latin1')
const VERSION = 1
const KINDS = Object.freeze({ probe: 1, answer: 2 })
const NONCE_AT = 6
const CREATION_AT = 22
const DELAY_AT = 28
const NAME_AT = 34
const PROOF_BYTES = 32
const FRAME_BYTES_MIN = NAME_AT + PROOF_BYTES
/** The longest name a node can have, in UTF-8, and everything around it. */
const FRAME_BYTES_MAX = FRAME_BYTES_MIN + 2_048
const DELAY_MS_MAX = 0xffff_ffff

/** What probes and answers are proven with: derived from the cookie and of no use elsewhere. */
export const livenessKey = (cookie: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', Buffer.from(cookie, 'utf8'), '', KEY_INFO, KEY_BYTES))

/** The datagram with its proof. */
export function writeProbeFrame(key: Uint8Array, frame: ProbeFrame): Uint8Array {
  const name = Buffer.from(frame.name, 'utf8')
  const bytes = Buffer.alloc(FRAME_BYTES_MIN + name.length)
  MAGIC.copy(bytes)
  bytes.writeUInt8(VERSION, 4)
  bytes.writeUInt8(KINDS[frame.kind], 5)
  bytes.set(frame.nonce, NONCE_AT)
  bytes.writeUIntBE(frame.creation, CREATION_AT, 6)
  bytes.writeUInt32BE(Math.min(Math.round(frame.loopDelayMs), DELAY_MS_MAX), DELAY_AT)
  bytes.writeUInt16BE(name.length, NAME_AT - 2)
  name.copy(bytes, NAME_AT)
  const proofAt = NAME_AT + name.length
  bytes.set(proofOf(key, bytes.subarray(0, proofAt)), proofAt)
  // No Buffer: whoever slices the datagram gets a copy, as its type says.
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** The fields of a datagram, its proof not yet checked; undefined when it is none of ours. */
export function readProbeFrame(datagram: Uint8Array): ProbeFrame | undefined {
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength)
  if (bytes.length < FRAME_BYTES_MIN || bytes.length > FRAME_BYTES_MAX) return undefined
  if (!bytes.subarray(0, 4).equals(MAGIC) || bytes[4] !== VERSION) return undefined
  const kind = bytes[5] === KINDS.probe ? 'probe' : 'answer'
  if (bytes[5] !== KINDS[kind]) return undefined
  const nameBytes = bytes.readUInt16BE(NAME_AT - 2)
  if (bytes.length !== FRAME_BYTES_MIN + nameBytes) return undefined
  return {
    kind,
    nonce: Uint8Array.from(bytes.subarray(NONCE_AT, CREATION_AT)),
    creation: bytes.readUIntBE(CREATION_AT, 6),
    loopDelayMs: bytes.readUInt32BE(DELAY_AT),
    name: bytes.toString('utf8', NAME_AT, NAME_AT + nameBytes),
  }
}

/** True when who made the datagram knows the key. Only for what `readProbeFrame` has read. */
export function isProvenFrame(key: Uint8Array, datagram: Uint8Array): boolean {
  const proofAt = datagram.length - PROOF_BYTES
  return timingSafeEqual(datagram.subarray(proofAt), proofOf(key, datagram.subarray(0, proofAt)))
}

const proofOf = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(bytes).digest()
