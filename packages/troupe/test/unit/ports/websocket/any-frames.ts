/**
 * Any messages, as any honest client may send them, and any bytes that no honest one would.
 */
import fc from 'fast-check'
import { frame } from '#test/unit/ports/websocket/ws-kit'

/** One message as it is meant, and the places at which it is cut into fragments. */
export interface AnyMessage {
  readonly body: string | Uint8Array
  readonly cuts: readonly number[]
  /** Of a ping between its fragments; none when undefined. */
  readonly ping: Uint8Array | undefined
}

const body = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 120, max: 70_000 }).map((length) => 'y'.repeat(length)),
)

export const anyMessages: fc.Arbitrary<readonly AnyMessage[]> = fc.array(
  fc.record({
    body,
    cuts: fc.array(fc.nat(70_000), { maxLength: 4 }),
    ping: fc.option(fc.uint8Array({ maxLength: 10 }), { nil: undefined }),
  }),
  { maxLength: 12 },
)

/** The bytes of a message on the wire. */
export function wireOf({ body, cuts, ping }: AnyMessage): Buffer {
  const bytes = Buffer.from(body as string)
  const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right)
  const starts = [0, ...places]
  const opcode = typeof body === 'string' ? 1 : 2
  const frames = starts.flatMap((start, i) => {
    const isLast = i === starts.length - 1
    const part = bytes.subarray(start, starts[i + 1] ?? bytes.length)
    const one = frame({ opcode: i === 0 ? opcode : 0, fin: isLast, body: part })
    return ping === undefined ? [one] : [one, frame({ opcode: 9, body: ping })]
  })
  return Buffer.concat(frames)
}

/** A good stream with some bytes changed, or no stream at all. */
export const anyDamage: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(
      anyMessages,
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      fc.nat(300),
    )
    .map(([messages, changes, kept]) => {
      const bytes = Buffer.concat(messages.map(wireOf))
      for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value
      return bytes.subarray(0, kept)
    }),
)
