/** ports/sse/decode, ports/tcp/chunk-decoder: what fuzzers kept is read as the plain way does. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Chunking, completeChunking } from '#ports/tcp/chunking'
import { keptLines } from '#test/corpus'
import { decodedStream } from '#test/unit/ports/sse/any-stream'
import { plainStream } from '#test/unit/ports/sse/plain-stream'
import { decodedChunks } from '#test/unit/ports/tcp/any-chunks'
import { plainChunks } from '#test/unit/ports/tcp/plain-chunks'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('the kept streams', () => {
  it('of events are read as the plain decoder reads them', () => {
    const lines = keptLines('event-streams')
    assert.ok(lines.length > 0)
    for (const line of lines) {
      const reads = line.split(' ').map(bytesOf)
      const { fault, ...decoded } = decodedStream(reads)
      assert.equal(fault, undefined, line)
      assert.deepEqual(decoded, plainStream(Buffer.concat(reads)), line)
    }
  })

  it('of chunks are cut as the plain decoder cuts them', () => {
    const lines = keptLines('chunk-streams')
    assert.ok(lines.length > 0)
    for (const line of lines) {
      const kept = JSON.parse(line) as { chunking: Chunking; reads: readonly string[] }
      const { delimiter } = kept.chunking as { delimiter?: readonly number[] }
      const given = delimiter === undefined ? {} : { delimiter: Uint8Array.from(delimiter) }
      const chunking = completeChunking({ ...kept.chunking, ...given } as Chunking)
      const reads = kept.reads.map((hex) => [...bytesOf(hex)])
      assert.deepEqual(decodedChunks(chunking, reads), plainChunks(chunking, reads.flat()), line)
    }
  })
})
