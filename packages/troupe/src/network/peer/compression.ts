/**
 * network/peer/compression: messages made smaller on their way, and whole again at the other end.
 *
 * What a compressed message becomes is said in front and never exceeded: a bomb costs no more than
 * an honest message of that size. Pure but for the time it takes.
 *
 * Limit: `COMPRESSED_BYTES_MAX`; larger ones travel as they are, for compressing holds the loop.
 *
 * @source RFC 1951 (deflate)
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { describeThrown } from '#contract'
import { badFrame } from '#network/frame/line-frame'

/** Messages that travelled compressed, their bytes then and before. */
export class CompressionCount {
  messages = 0
  bytes = 0
  originalBytes = 0

  add(bytes: number, originalBytes: number): void {
    this.messages += 1
    this.bytes += bytes
    this.originalBytes += originalBytes
  }
}

/** The largest message that is compressed. */
export const COMPRESSED_BYTES_MAX = 4_194_304

const SETTINGS = Object.freeze({ level: constants.Z_BEST_SPEED })

/** The bytes made smaller; undefined when that gains nothing. */
export function compress(bytes: Uint8Array): Buffer | undefined {
  const made = deflateRawSync(bytes, SETTINGS)
  return made.length < bytes.length ? made : undefined
}

/** The bytes as they were. Throws FRAME_INVALID when they are not `length` long. */
export function expand(bytes: Uint8Array, length: number): Buffer {
  let made: Buffer
  try {
    made = inflateRawSync(bytes, { maxOutputLength: Math.max(1, length) })
  } catch (thrown) {
    throw badFrame(`a compressed message cannot be read: ${describeThrown(thrown)}`)
  }
  if (made.length !== length) throw badFrame('a compressed message has not the length it was said')
  return made
}
