/**
 * store/seal: a checksum around each value on disk, bound to its key.
 *
 * A sealed value is four bytes of CRC-32, little end first, begun with the key, and then the body.
 * A bit that flips in either is noticed, and so is a body that was moved under another key.
 * Limit: 32 bits; it finds accidents and is no protection against somebody who wants to deceive.
 *
 * @source RFC 1952 section 8 (CRC-32)
 */

import { crc32 } from 'node:zlib'

/** Bytes a seal adds to a value. */
export const SEAL_BYTES = 4

/**
 * What a seal is bound to: a number as it is, a text by its bytes. A number begins the sum
 * itself, since a call for four bytes would cost as much as the one for all the others.
 */
export type SealKey = number | Uint8Array

/** What seals under this key are bound to. */
export const sealKey = (key: number | string): SealKey =>
  typeof key === 'number' ? key : Buffer.from(key, 'utf8')

const sumOf = (key: SealKey, body: Uint8Array): number =>
  crc32(body, typeof key === 'number' ? key : crc32(key))

/** Writes the seal of a value that stands from `from` to `to`, its body already in place. */
export function writeSeal(key: SealKey, bytes: Buffer, from: number, to: number): void {
  bytes.writeUInt32LE(sumOf(key, bytes.subarray(from + SEAL_BYTES, to)), from)
}

/** The value to keep for this body under this key. */
export function seal(key: SealKey, body: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_BYTES + body.length)
  sealed.set(body, SEAL_BYTES)
  writeSeal(key, sealed, 0, sealed.length)
  return sealed
}

/** The body, or undefined when key, body or seal are not what they were. */
export function unseal(key: SealKey, sealed: Buffer): Buffer | undefined {
  if (sealed.length < SEAL_BYTES) return undefined
  const body = sealed.subarray(SEAL_BYTES)
  return sumOf(key, body) === sealed.readUInt32LE(0) ? body : undefined
}
