/** Messages of a foul node, for the regressions of issue 4. */
import type { Encoder } from '#network/codec/encoder'
import { data, FoulWriter } from '#test/unit/network/peer/foul'

/** Writes the fields of the message with this number, from 1 on. */
export type Encoded = (encoder: Encoder, id: number) => unknown

/** So many messages of one kind. */
export const many = (kind: number, write: Encoded, count: number): Buffer => {
  const writer = new FoulWriter()
  const numbers = Array.from({ length: count }, (_, i) => i + 1)
  const all = numbers.map((id) => writer.message(kind, (encoder) => write(encoder, id)))
  return data(Buffer.concat(all))
}

/** A name as the receiver, a message, and a payload that is none. */
export const named = (encoder: Encoder, to: string, message: string): void => {
  encoder.name(to)
  encoder.name(message)
  encoder.value(undefined)
}
