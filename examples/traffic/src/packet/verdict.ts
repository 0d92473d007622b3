/**
 * packet/verdict: what became of one datagram, as a value.
 *
 * A rejected packet is a normal thing on an open port, so it is an answer and never a throw.
 * The causes are a closed list: the account has one counter for each.
 */

import type { Position } from './position.js'

/** Why a datagram is not a position; each is counted apart. */
export const REJECT_CAUSES = Object.freeze([
  /** No bytes at all. */
  'empty',
  /** More than `PACKET_BYTES_MAX` bytes. */
  'oversize',
  /** The bytes end before the value does, or a length promises more than is there. */
  'truncated',
  /** Bytes are left after the value. */
  'trailing',
  /** Not MessagePack: the reserved byte, a text that is not UTF-8, a long one that is marked. */
  'malformed',
  /** Maps or arrays deeper than `PACKET_DEPTH_MAX`. */
  'nested',
  /** A MessagePack extension: nothing in a position needs one. */
  'extension',
  /** A value, but not a map. */
  'not-a-map',
  /** A key twice. */
  'duplicate-key',
  /** A key that is none of ID, Lon, Lat, Emergency. */
  'extra-key',
  /** One of the four keys is not there. */
  'missing-key',
  /** A key whose value has another type. */
  'wrong-type',
  /** An ID of no bytes or of more than `ID_BYTES_MAX`. */
  'id-length',
  /** Lon or Lat is NaN or infinite. */
  'not-finite',
  /** Lon or Lat is a number outside of the globe. */
  'out-of-range',
] as const)

export type RejectCause = (typeof REJECT_CAUSES)[number]

export type PacketVerdict =
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'rejected'; readonly cause: RejectCause }

type Rejected = Extract<PacketVerdict, { kind: 'rejected' }>

// A flood of garbage must not become a flood of objects: there is one verdict for each cause.
const rejections = Object.fromEntries(
  REJECT_CAUSES.map((cause) => [cause, Object.freeze({ kind: 'rejected', cause })]),
) as Readonly<Record<RejectCause, Rejected>>

/** The verdict for this cause; always the same frozen object. */
export function rejected(cause: RejectCause): Rejected {
  return rejections[cause]
}
