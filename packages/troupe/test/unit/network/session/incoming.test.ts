/**
 * test/unit/network/session/incoming: a stream read in whatever stretches it comes, against the
 * plain reading of the whole.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Incoming } from '#network/session/incoming'

const PARTED = 21
const MESSAGE_BYTES_MAX = 100_000

interface Told {
  readonly kind: number
  readonly body: string
}

const anyMessage = fc.record({
  kind: fc.constantFrom(1, 2, PARTED),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 0, max: 3_000 }).map((length) => new Uint8Array(length).fill(length)),
  ),
})

/** The stream of some messages, and what is to be told of it. */
function streamOf(messages: readonly { kind: number; body: Uint8Array }[]): Buffer {
  return Buffer.concat(
    messages.flatMap(({ kind, body }) => {
      const head = Buffer.alloc(5)
      head.writeUInt32BE(1 + body.length)
      head[4] = kind
      return [head, body]
    }),
  )
}

/** What a reader tells of a stream that comes in stretches of the given lengths, by turns. */
function toldOf(stream: Buffer, lengths: readonly number[], parts: number[]): readonly Told[] {
  const told: Told[] = []
  let running: Buffer[] = []
  const incoming = new Incoming(
    (kind, bytes, from, to) => told.push({ kind, body: bytes.toString('hex', from, to) }),
    {
      kind: PARTED,
      take: (bytes, from, to, leftBytes) => {
        parts.push(to - from)
        running.push(Buffer.from(bytes.subarray(from, to)))
        if (leftBytes > 0) return
        told.push({ kind: PARTED, body: Buffer.concat(running).toString('hex') })
        running = []
      },
    },
    MESSAGE_BYTES_MAX,
    MESSAGE_BYTES_MAX,
  )
  for (let at = 0, turn = 0; at < stream.length; turn += 1) {
    const end = Math.min(stream.length, at + (lengths[turn % lengths.length] as number))
    // Somewhere in a buffer that is used again, as lines do it.
    const read = Buffer.concat([Buffer.alloc(3, 0xee), stream.subarray(at, end), Buffer.alloc(2)])
    incoming.data(read, 3, 3 + end - at)
    read.fill(0xff)
    at = end
  }
  assert.equal(incoming.received, stream.length)
  assert.equal(incoming.messages, told.length)
  return told
}

describe('the receiving half of a session', () => {
  it('tells the same messages wherever the stream is cut', () => {
    const anyLengths = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 20 }), anyLengths, (messages, lengths) => {
        const parts: number[] = []
        const told = toldOf(streamOf(messages), lengths, parts)
        const plain = messages.map(({ kind, body }) => ({
          kind,
          body: Buffer.from(body).toString('hex'),
        }))
        assert.deepEqual(told, plain)
      }),
      { numRuns: 400 },
    )
  })

  it('tells a message of the parted kind as it comes, its first part with the head', () => {
    const parts: number[] = []
    const body = new Uint8Array(1_000)
    toldOf(streamOf([{ kind: PARTED, body }]), [20, 300], parts)
    assert.deepEqual(parts, [])
    toldOf(streamOf([{ kind: PARTED, body }]), [21, 300], parts)
    assert.equal(parts[0], 16)
    assert.equal(
      parts.reduce((sum, part) => sum + part, 0),
      1_000,
    )
  })

  it('refuses a parted message above the limit before it tells a part of it', () => {
    const parts: number[] = []
    const body = new Uint8Array(MESSAGE_BYTES_MAX)
    assert.throws(() => toldOf(streamOf([{ kind: PARTED, body }]), [5_000], parts), {
      code: 'FRAME_INVALID',
    })
    assert.deepEqual(parts, [])
  })
})
