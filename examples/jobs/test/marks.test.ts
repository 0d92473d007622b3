/**
 * examples/jobs/test/marks.test: which of two records is the later one.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareMarks, NO_MARK } from '#jobs/job/job'

describe('marks of records', () => {
  it('are ordered by term, then by number', () => {
    assert.ok(compareMarks({ term: 1, sequence: 9 }, { term: 2, sequence: 1 }) < 0)
    assert.ok(compareMarks({ term: 2, sequence: 2 }, { term: 2, sequence: 1 }) > 0)
    assert.equal(compareMarks(NO_MARK, { term: 0, sequence: 0 }), 0)
  })
})
