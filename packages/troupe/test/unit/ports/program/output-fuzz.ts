/**
 * ports/program/output under a fuzzer: whatever a program prints is handed on piece by piece, the
 * last one with or without its end, and it is told how that ended.
 */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { SlowFuzzer } from '@troupe/tools/fuzz'
import { ProgramOutput } from '#ports/program/output'
import {
  anyChunkStream,
  type ChunkStream,
  chunkStreamLine,
  keptChunkStreams,
} from '#test/unit/ports/tcp/chunk-fuzz'
import { hex, plainChunks } from '#test/unit/ports/tcp/plain-chunks'

/** What reaches the reader, from all of the output at once. */
function plainPieces({ chunking, reads }: ChunkStream) {
  const bytes = reads.flat()
  const { chunks, fault, rest } = plainChunks(chunking, bytes)
  if (fault !== undefined) return { pieces: chunks, end: fault }
  if (chunking.kind !== 'delimiter' || rest === 0) return { pieces: chunks, end: 'done' }
  if (rest > chunking.chunkBytesMax) return { pieces: chunks, end: 'chunk-too-large' }
  const last = hex(bytes.slice(-rest))
  const given = chunking.keepDelimiter ? last + hex(chunking.delimiter) : last
  return { pieces: [...chunks, given], end: 'done' }
}

async function piecesOf({ chunking, reads }: ChunkStream) {
  const output = new ProgramOutput(Readable.from(reads.map((read) => Buffer.from(read))), chunking)
  const taken: Uint8Array[] = []
  const end = await output.pump(async (piece) => {
    taken.push(piece)
    return true
  })
  assert.equal(output.pieces, taken.length)
  if (end === 'done') {
    assert.equal(output.bytes, reads.flat().length)
    if (chunking.kind === 'delimiter') assert.equal(output.undeliveredBytes, 0)
  }
  return { pieces: taken.map(hex), end }
}

export const outputFuzzer: SlowFuzzer<ChunkStream> = {
  corpus: 'packages/troupe/test/corpus/chunk-streams.txt',
  kept: keptChunkStreams,
  inputs: anyChunkStream,
  async judge(stream) {
    assert.deepEqual(await piecesOf(stream), plainPieces(stream))
  },
  line: chunkStreamLine,
}
