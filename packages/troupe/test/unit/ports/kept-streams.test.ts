/** ports/sse/decode, tcp/chunk-decoder, program/output: what fuzzers kept is read the plain way. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { outputFuzzer } from '#test/unit/ports/program/output-fuzz'
import { streamFuzzer } from '#test/unit/ports/sse/stream-fuzz'
import { chunkFuzzer } from '#test/unit/ports/tcp/chunk-fuzz'

describe('the kept streams', () => {
  it('of events are read as the plain decoder reads them', () => {
    const { kept, judge } = streamFuzzer
    assert.ok(kept.length > 0)
    for (const stream of kept) judge(stream)
  })

  it('of chunks are cut as the plain decoder cuts them', () => {
    const { kept, judge } = chunkFuzzer
    assert.ok(kept.length > 0)
    for (const stream of kept) judge(stream)
  })

  it('of chunks are handed on line by line where a program prints them', async () => {
    for (const stream of outputFuzzer.kept) await outputFuzzer.judge(stream)
  })
})
