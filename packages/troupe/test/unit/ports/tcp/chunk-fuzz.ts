/**
 * ports/tcp/chunk-decoder under a fuzzer: any stream is cut as the plain decoder cuts it.
 */
import assert from 'node:assert/strict'
import { damagedBytes, type Fuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { type Chunking, type CompleteChunking, completeChunking } from '#ports/tcp/chunking'
import { keptLines } from '#test/corpus'
import { anyChunking, anyFitting, anyReads, decodedChunks } from '#test/unit/ports/tcp/any-chunks'
import { hex, plainChunks } from '#test/unit/ports/tcp/plain-chunks'

/** A chunking, and a stream in its reads. */
export interface ChunkStream {
  readonly chunking: CompleteChunking
  readonly reads: readonly (readonly number[])[]
}

const bytesOf = (text: string): readonly number[] => [...Buffer.from(text, 'hex')]

function streamOf(line: string): ChunkStream {
  const kept = JSON.parse(line) as { chunking: Chunking; reads: readonly string[] }
  const { delimiter } = kept.chunking as { delimiter?: readonly number[] }
  const given = delimiter === undefined ? {} : { delimiter: Uint8Array.from(delimiter) }
  const chunking = completeChunking({ ...kept.chunking, ...given } as Chunking)
  return { chunking, reads: kept.reads.map(bytesOf) }
}

function lineOf({ chunking, reads }: ChunkStream): string {
  const given = chunking.kind === 'delimiter' ? { delimiter: [...chunking.delimiter] } : {}
  return JSON.stringify({ chunking: { ...chunking, ...given }, reads: reads.map(hex) })
}

const kept = keptLines('chunk-streams').map(streamOf)

/** Kept streams gone bad, in one read or many. */
const damagedReads = fc
  .tuple(
    damagedBytes(kept.map(({ reads }) => Uint8Array.from(reads.flat()))),
    fc.integer({ min: 1, max: 40 }),
  )
  .map(([bytes, step]) => {
    const count = Math.ceil(bytes.length / step)
    return Array.from({ length: count }, (_, at) => [
      ...bytes.subarray(at * step, at * step + step),
    ])
  })

const keptChunking = fc.constantFrom(...kept.map(({ chunking }) => chunking))

/** Any chunking with any stream. */
export const anyChunkStream: fc.Arbitrary<ChunkStream> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ chunking: anyChunking, reads: anyReads }) },
  { weight: 2, arbitrary: anyFitting },
  { weight: 1, arbitrary: fc.record({ chunking: keptChunking, reads: damagedReads }) },
)

export const chunkFuzzer: Fuzzer<ChunkStream> = {
  corpus: 'packages/troupe/test/corpus/chunk-streams.txt',
  kept,
  inputs: anyChunkStream,
  judge({ chunking, reads }) {
    assert.deepEqual(decodedChunks(chunking, reads), plainChunks(chunking, reads.flat()))
  },
  line: lineOf,
}

export const keptChunkStreams = kept
export const chunkStreamLine = lineOf
