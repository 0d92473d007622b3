/** The fuzzers of the traffic system in their short form; `npm run soak` has the rest. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Fuzzed, SHORT_FUZZ } from '#test/fuzz/short-fuzz'

describe('a fuzzer', () => {
  for (const read of Object.keys(SHORT_FUZZ) as Fuzzed[]) {
    it(`of ${read} finds nothing`, async (t) => {
      assert.ok((await SHORT_FUZZ[read](t)) >= 150)
    })
  }
})
