/** Two nodes to be looked at, and messages of a foul node, for the regressions of issue 4. */
import type { Encoder } from '#network/codec/encoder'
import { simulatedStage, type TwoNodes } from '#test/scenarios/two-nodes/stage'
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

/** Two nodes on the simulated network, for as long as the case runs. */
export async function staged(run: (stage: TwoNodes) => Promise<void>): Promise<void> {
  const stage = await simulatedStage.start()
  try {
    await run(stage)
  } finally {
    await stage.close()
  }
}
