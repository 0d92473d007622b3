/**
 * examples/jobs/test/load/corpus.test: texts for jobs.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openCorpus } from '#jobs/load/corpus'

describe('texts for jobs', async () => {
  const corpus = await openCorpus()
  const textOf = (bytes: number, seed: number): Buffer =>
    Buffer.concat([...corpus.text({ bytes, seed })])

  it('are as long as is wanted, and the same for the same seed', () => {
    for (const bytes of [1, 100, 65_536, 3_000_000]) {
      assert.equal(textOf(bytes, 7).length, bytes)
      assert.deepEqual(textOf(bytes, 7), textOf(bytes, 7))
    }
    assert.notDeepEqual(textOf(1_000, 7), textOf(1_000, 8))
  })

  it('are words of real pages', () => {
    assert.match(textOf(200_000, 3).toString(), /\bactor\b/)
  })
})
