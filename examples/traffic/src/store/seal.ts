/**
 * store/seal: a checksum around each value on disk, bound to its key.
 *
 * A sealed value is four bytes of CRC-32, little end first, over key and body, and then the body.
 * A bit that flips in either is noticed, and so is a body that was moved under another key.
 * Limit: 32 bits; it finds accidents and is no protection against somebody who wants to deceive.
 *
 * @source RFC 1952 section 8 (CRC-32)
 */

import { crc32 } from 'node:zlib'

/** Bytes a seal adds to a value. */
export const SEAL_BYTES = 4

/** Writes the seal over the first bytes of `sealed`; the body stands behind them already. */
export function writeSeal(key: Uint8Array, sealed: Buffer): void {
  sealed.writeUInt32LE(crc32(sealed.subarray(SEAL_BYTES), crc32(key)), 0)
}

/** The value to keep for this body under this key. */
export function seal(key: Uint8Array, body: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_BYTES + body.length)
  sealed.set(body, SEAL_BYTES)
  writeSeal(key, sealed)
  return sealed
}

/** The body, or undefined when key, body or seal are not what they were. */
export function unseal(key: Uint8Array, sealed: Buffer): Buffer | undefined {
  if (sealed.length < SEAL_BYTES) return undefined
  const body = sealed.subarray(SEAL_BYTES)
  return crc32(body, crc32(key)) === sealed.readUInt32LE(0) ? body : undefined
}
