/**
 * test/unit/network/session/outgoing: what the sending half of a session hands to its line.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Line } from '#contract'
import { Encoder } from '#network/codec/encoder'
import { FrameReader } from '#network/frame/line-frame'
import { Outgoing } from '#network/session/outgoing'

const WINDOW_BYTES = 3_000

/** A line that keeps what it is given, as far as its caller had to say so. */
class KeepingLine {
  readonly written: Buffer[] = []
  isWaiting = false
  hasRoom = true

  write(bytes: Uint8Array, isFollowed = false): boolean {
    this.written.push(Buffer.from(bytes))
    this.isWaiting = isFollowed
    return this.hasRoom
  }

  /** The stream of the session in what was written. */
  get stream(): Buffer {
    const bodies: Buffer[] = []
    const reader = new FrameReader({
      data: (bytes, from, to) => bodies.push(Buffer.from(bytes.subarray(from, to))),
      control: () => assert.fail('only data was written'),
    })
    reader.feed(Buffer.concat(this.written))
    return Buffer.concat(bodies)
  }
}

type Step =
  | { readonly kind: 'message' | 'apart'; readonly bytes: number }
  | { readonly kind: 'flush' | 'acknowledge' | 'block' | 'drain' }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('message', 'apart'),
    bytes: fc.integer({ min: 1, max: 2_000 }),
  }),
  fc.record({ kind: fc.constantFrom('flush', 'acknowledge', 'block', 'drain') }),
)

/** Writes a message of the length; gives the bytes it has in the stream. */
function put(outgoing: Outgoing, writer: Encoder, step: Step & { bytes: number }): Buffer {
  const start = outgoing.begin()
  writer.byte(7)
  const isApart = step.kind === 'apart'
  if (!isApart) for (let at = 1; at < step.bytes; at += 1) writer.byte(at & 0x7f)
  const apart = Buffer.alloc(isApart ? step.bytes : 0, step.bytes & 0xff)
  outgoing.commit(start, 3, apart.length)
  const written = Buffer.from(writer.buffer.subarray(start, writer.position))
  if (isApart) outgoing.append(apart)
  return Buffer.concat([written, apart])
}

function play(steps: readonly Step[]): void {
  const [writer, line] = [new Encoder(), new KeepingLine()]
  const outgoing = new Outgoing(writer, () => {}, WINDOW_BYTES)
  outgoing.attach(line as unknown as Line, 0, WINDOW_BYTES)
  const sent: Buffer[] = []
  const acknowledge = (): void => {
    const { length } = line.stream
    assert.ok(outgoing.acknowledge(length, length + WINDOW_BYTES))
  }
  for (const step of steps) {
    if (step.kind === 'message' || step.kind === 'apart') {
      sent.push(put(outgoing, writer, step as Step & { bytes: number }))
    } else if (step.kind === 'flush') outgoing.flush()
    else if (step.kind === 'acknowledge') acknowledge()
    else line.hasRoom = step.kind === 'drain'
    if (step.kind === 'drain') outgoing.drained()
    assert.equal(line.isWaiting, false, 'nothing waits for what does not follow')
  }
  line.hasRoom = true
  outgoing.flush()
  outgoing.drained()
  for (let turn = 0; turn <= steps.length; turn += 1) acknowledge()
  assert.deepEqual(line.stream, Buffer.concat(sent))
  assert.equal(outgoing.keptBytes, 0)
}

describe('the sending half of a session', () => {
  it('writes the stream whole and in order, and never announces what does not follow', () => {
    fc.assert(fc.property(fc.array(anyStep, { maxLength: 40 }), play), { numRuns: 400 })
  })

  it('hands a piece and what is before it to the line as one', () => {
    const flags: boolean[] = []
    const line = {
      write: (_bytes: Uint8Array, isFollowed = false) => {
        flags.push(isFollowed)
        return true
      },
    }
    const writer = new Encoder()
    const outgoing = new Outgoing(writer, () => {}, WINDOW_BYTES)
    outgoing.attach(line as unknown as Line, 0, WINDOW_BYTES)
    put(outgoing, writer, { kind: 'apart', bytes: 100 })
    assert.deepEqual(flags, [true, true, false])
  })
})
