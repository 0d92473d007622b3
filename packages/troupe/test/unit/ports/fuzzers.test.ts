/** The fuzzers of ports in their short form: few cases of one seed; `npm run soak` has the rest. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fuzz, fuzzSlowly } from '@troupe/tools/fuzz'
import { outputFuzzer } from '#test/unit/ports/program/output-fuzz'
import { streamFuzzer } from '#test/unit/ports/sse/stream-fuzz'
import { chunkFuzzer } from '#test/unit/ports/tcp/chunk-fuzz'
import { addressFuzzer } from '#test/unit/ports/web/address-fuzz'

const budget = { seed: 1, cases: 1_500 }

describe('a fuzzer', () => {
  it('of event streams finds nothing', () => {
    assert.ok(fuzz(streamFuzzer, budget) > budget.cases)
  })

  it('of chunk streams finds nothing', () => {
    assert.ok(fuzz(chunkFuzzer, budget) > budget.cases)
  })

  it('of what programs print finds nothing', async () => {
    assert.ok((await fuzzSlowly(outputFuzzer, budget)) > budget.cases)
  })

  it('of web addresses finds nothing', () => {
    assert.ok(fuzz(addressFuzzer, budget) > budget.cases)
  })
})
