/**
 * Any event stream, more or less well formed, cut into reads anywhere.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { SseDecoder, type SseDecoderLimits } from '#ports/sse/decode'
import type { PlainStream } from '#test/unit/ports/sse/plain-stream'

export const WIDE: SseDecoderLimits = { lineBytesMax: 1_000_000, eventBytesMax: 1_000_000 }

const lineEnd = fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r')
const word = fc.constantFrom('', ' ', '  ', 'a', 'b:c', '12', '007', '-1', '1e3', '\0', 'é€😀', ':')
const known = fc.constantFrom('data', 'event', 'id', 'retry')
/** The mark of UTF-8 is one at the beginning of the stream alone. */
const unknown = fc.constantFrom('', 'Data', ' data', 'comment', 'dat', '\ufeffdata', '\ufeff')
const field = fc.oneof({ weight: 2, arbitrary: known }, unknown)
/** Longer than what a decoder first sets aside for a line that spans reads, some of them twice. */
const longWord = fc
  .tuple(fc.constantFrom('x', 'é', '€😀'), fc.integer({ min: 60, max: 700 }))
  .map(([unit, times]) => unit.repeat(times))
const someWord = fc.oneof({ weight: 12, arbitrary: word }, longWord)
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(field, fc.constantFrom(':', ': ', ''), someWord).map((all) => all.join('')),
  },
  { weight: 1, arbitrary: word },
)
const text = fc
  .array(
    fc.tuple(line, lineEnd).map((both) => both.join('')),
    { maxLength: 30 },
  )
  .map((lines) => [...Buffer.from(lines.join(''))])
const mark = fc.constantFrom<number[]>(
  [],
  [0xef, 0xbb, 0xbf],
  [0xef, 0xbb],
  [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf],
)
const garbage = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(10, 13, 58, 32, 0xc3, 0xe2, 0xef)), {
  maxLength: 20,
})

/** Where to cut, as parts of a million of the whole: a stream of any length is cut all over. */
const anyCuts = fc.array(fc.nat(999_999), { maxLength: 40 })

function cutAt(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = cuts.map((cut) => Math.floor((cut / 1_000_000) * bytes.length))
  const ends = [...new Set([0, ...places, bytes.length])].sort((left, right) => left - right)
  return ends.slice(1).map((to, at) => Uint8Array.from(bytes.subarray(ends[at] ?? 0, to)))
}

/** These streams, each in its reads; an empty read is none. */
export const inReads = (streams: fc.Arbitrary<Uint8Array>): fc.Arbitrary<readonly Uint8Array[]> =>
  fc.tuple(streams, anyCuts).map(([bytes, cuts]) => cutAt(bytes, cuts))

/** A stream in reads. */
export const anyReads: fc.Arbitrary<readonly Uint8Array[]> = inReads(
  fc.tuple(mark, text, garbage, text).map((parts) => Uint8Array.from(parts.flat())),
)

/** What the decoder makes of it, read by read. */
export function decodedStream(reads: readonly Uint8Array[], limits = WIDE): PlainStream {
  const decoder = new SseDecoder(limits)
  const events: string[] = []
  let fed = 0
  for (const read of reads) {
    decoder.feed(read)
    fed += read.length
    for (;;) {
      const event = decoder.next()
      if (event === undefined) break
      events.push(JSON.stringify([event.event, event.data, event.lastEventId]))
      // A decoder that stands still would go on for ever.
      assert.ok(events.length <= fed, 'there are more events than bytes')
    }
  }
  const { fault, lastEventId, retryMs, comments } = decoder
  return { events, lastEventId, retryMs, comments, fault }
}
