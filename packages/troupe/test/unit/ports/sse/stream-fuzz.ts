/**
 * ports/sse/decode under a fuzzer: any stream is read as the plain decoder reads it, within any
 * limits and however it is cut into reads.
 */
import assert from 'node:assert/strict'
import { damagedBytes, type Fuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import type { SseDecoderLimits } from '#ports/sse/decode'
import { keptLines } from '#test/corpus'
import { anyReads, decodedStream, inReads, WIDE } from '#test/unit/ports/sse/any-stream'
import { plainStream } from '#test/unit/ports/sse/plain-stream'

interface Stream {
  readonly limits: SseDecoderLimits
  readonly reads: readonly Uint8Array[]
}

/** `@line,event` in front where the limits are narrow, then the reads, hex. */
function streamOf(line: string): Stream {
  const [, lineBytesMax, eventBytesMax, body = ''] = /^(?:@(\d+),(\d+) ?)?(.*)$/.exec(line) ?? []
  const reads = body.split(' ').map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))
  if (lineBytesMax === undefined) return { limits: WIDE, reads }
  const limits = { lineBytesMax: Number(lineBytesMax), eventBytesMax: Number(eventBytesMax) }
  return { limits, reads }
}

function lineOf({ limits, reads }: Stream): string {
  const body = reads.map((read) => Buffer.from(read).toString('hex')).join(' ')
  return limits === WIDE ? body : `@${limits.lineBytesMax},${limits.eventBytesMax} ${body}`
}

const kept = keptLines('event-streams').map(streamOf)
const narrow = fc.record({
  lineBytesMax: fc.integer({ min: 1, max: 600 }),
  eventBytesMax: fc.integer({ min: 1, max: 900 }),
})

export const streamFuzzer: Fuzzer<Stream> = {
  corpus: 'packages/troupe/test/corpus/event-streams.txt',
  kept,
  inputs: fc.record({
    limits: fc.oneof(fc.constant(WIDE), narrow),
    reads: fc.oneof(
      { weight: 3, arbitrary: anyReads },
      {
        weight: 1,
        arbitrary: inReads(damagedBytes(kept.map(({ reads }) => Buffer.concat(reads)))),
      },
    ),
  }),
  judge({ limits, reads }) {
    const plain = plainStream(Buffer.concat(reads), limits)
    assert.deepEqual(decodedStream(reads, limits), plain)
  },
  line: lineOf,
}
