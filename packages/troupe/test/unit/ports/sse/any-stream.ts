/**
 * Any event stream, more or less well formed, cut into reads anywhere.
 */
import fc from 'fast-check'
import { SseDecoder, type SseDecoderLimits } from '#ports/sse/decode'
import type { PlainStream } from '#test/unit/ports/sse/plain-stream'

const WIDE: SseDecoderLimits = { lineBytesMax: 1_000_000, eventBytesMax: 1_000_000 }

const lineEnd = fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r')
const word = fc.constantFrom('', ' ', '  ', 'a', 'b:c', '12', '007', '-1', '1e3', '\0', 'é€😀', ':')
const field = fc.constantFrom('data', 'event', 'id', 'retry', '', 'Data', ' data', 'comment', 'dat')
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(field, fc.constantFrom(':', ': ', ''), word).map((all) => all.join('')),
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

/** A stream in reads; an empty read is none. */
export const anyReads: fc.Arbitrary<readonly Uint8Array[]> = fc
  .record({
    bytes: fc.tuple(mark, text, garbage, text).map((parts) => parts.flat()),
    cuts: fc.array(fc.nat(400), { maxLength: 40 }),
  })
  .map(({ bytes, cuts }) => {
    const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])]
    places.sort((left, right) => left - right)
    return places.slice(1).map((to, at) => Uint8Array.from(bytes.slice(places[at] ?? 0, to)))
  })

/** What the decoder makes of it, read by read. */
export function decodedStream(
  reads: readonly Uint8Array[],
  limits = WIDE,
): PlainStream & { readonly fault: string | undefined } {
  const decoder = new SseDecoder(limits)
  const events: string[] = []
  for (const read of reads) {
    decoder.feed(read)
    for (;;) {
      const event = decoder.next()
      if (event === undefined) break
      events.push(JSON.stringify([event.event, event.data, event.lastEventId]))
    }
  }
  const { fault, lastEventId, retryMs } = decoder
  return { events, lastEventId, retryMs, fault }
}
