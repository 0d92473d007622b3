/**
 * Any chunking, and streams that fit it more or less, cut into reads anywhere.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ChunkDecoder } from '#ports/tcp/chunk-decoder'
import { type Chunking, type CompleteChunking, completeChunking } from '#ports/tcp/chunking'
import { hex, type PlainChunks } from '#test/unit/ports/tcp/plain-chunks'

const lengthChunking = fc
  .record({
    lengthBytes: fc.constantFrom(1 as const, 2 as const, 4 as const),
    lengthAt: fc.nat(3),
    behind: fc.nat(3),
    lengthIncludesHeader: fc.boolean(),
    keepHeader: fc.boolean(),
    above: fc.oneof(fc.nat(40), fc.nat(400)),
  })
  .map(({ behind, above, ...rest }): Chunking => {
    const headerBytes = rest.lengthAt + rest.lengthBytes + behind
    return { kind: 'length', ...rest, headerBytes, chunkBytesMax: headerBytes + above }
  })

const delimiterChunking = fc
  .record({
    // Few different bytes, so that halves of delimiters are everywhere.
    delimiter: fc.uint8Array({ minLength: 1, maxLength: 4, max: 2 }),
    keepDelimiter: fc.boolean(),
    chunkBytesMax: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 400 })),
  })
  .map((rest): Chunking => ({ kind: 'delimiter', ...rest }))

export const anyChunking: fc.Arbitrary<CompleteChunking> = fc
  .oneof(
    fc.integer({ min: 1, max: 9 }).map((chunkBytes): Chunking => ({ kind: 'fixed', chunkBytes })),
    lengthChunking,
    delimiterChunking,
  )
  .map(completeChunking)

/** Small bytes: as lengths they are small, as text they are halves of delimiters. */
const anyBytes = fc.array(fc.oneof(fc.nat(2), fc.nat(12), fc.nat(255)), { maxLength: 120 })

/** A stream in reads; an empty read is none, so there are none of them. */
export const anyReads: fc.Arbitrary<readonly (readonly number[])[]> = fc.array(
  anyBytes.filter(({ length }) => length > 0),
  { maxLength: 12 },
)

/** Chunks as their sender means them, up to longer than they may be, one behind the other. */
function fitting(chunking: CompleteChunking, lengths: readonly number[], off: number): number[] {
  const bytes: number[] = []
  for (const [at, length] of lengths.entries()) {
    // No byte of a body is one of a delimiter, and none is like its neighbour.
    const body = Array.from({ length }, (_, place) => 3 + ((place * 7 + at) % 250))
    if (chunking.kind === 'length') {
      const { headerBytes, lengthAt, lengthBytes, lengthIncludesHeader } = chunking
      const header = Buffer.alloc(headerBytes, 1 + at)
      const told = Math.max(0, length + off + (lengthIncludesHeader ? headerBytes : 0))
      header.writeUIntBE(told % 256 ** lengthBytes, lengthAt, lengthBytes)
      bytes.push(...header, ...body)
    } else bytes.push(...body, ...(chunking.kind === 'delimiter' ? chunking.delimiter : []))
  }
  return bytes
}

/** A chunking with a stream that fits it, in one read or many. */
export const anyFitting = fc
  .record({
    chunking: anyChunking,
    lengths: fc.array(fc.oneof(fc.nat(12), fc.integer({ min: 30, max: 420 })), { maxLength: 6 }),
    off: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -9, max: 9 })),
    steps: fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ chunking, lengths, off, steps }) => {
    const bytes = fitting(chunking, lengths, off)
    const reads: number[][] = []
    for (let at = 0; at < bytes.length; ) {
      const step = steps[reads.length % steps.length] ?? 1
      reads.push(bytes.slice(at, at + step))
      at += step
    }
    return { chunking, reads }
  })

/** What the decoder makes of it, read by read. */
export function decodedChunks(
  chunking: CompleteChunking,
  reads: readonly (readonly number[])[],
): PlainChunks {
  const decoder = new ChunkDecoder(chunking)
  const chunks: Uint8Array[] = []
  let fed = 0
  for (const read of reads) {
    decoder.feed(Uint8Array.from(read))
    fed += read.length
    for (;;) {
      const chunk = decoder.next()
      if (chunk === undefined) break
      chunks.push(chunk)
      // Each takes a byte at least; a decoder that stands still would go on for ever.
      assert.ok(chunks.length <= fed, 'there are more chunks than bytes')
    }
  }
  // Looked at last: one whose bytes are taken for another chunk meanwhile would show.
  return { chunks: chunks.map(hex), fault: decoder.fault, rest: decoder.pendingBytes }
}
