/**
 * Both ends of a direction: an encoder, and the bytes of each message that it wrote.
 */
import type { Encoder } from '#network/codec/encoder'

/** The bytes of one value, as they follow the earlier ones. */
export function bytesOf(encoder: Encoder, value: unknown): Uint8Array {
  const from = encoder.position
  encoder.mark()
  encoder.value(value)
  return Uint8Array.from(encoder.buffer.subarray(from, encoder.position))
}
