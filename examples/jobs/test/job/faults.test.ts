/**
 * test/job/faults: an error of the job cluster has a code and tells what happened.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JobsFault } from '#jobs/job/faults'

describe('JobsFault', () => {
  it('fills the holes of its text and keeps what it filled them with', () => {
    const fault = new JobsFault('JOB_UNKNOWN', { job: 'a1' })
    match(fault.message, /^there is no job a1;/)
    deepEqual([fault.code, fault.detail], ['JOB_UNKNOWN', { job: 'a1' }])
  })

  it('is told by its code', () => {
    const fault: unknown = new JobsFault('STALE_TERM', { term: 3, later: 4 })
    ok(JobsFault.is(fault, 'STALE_TERM'))
    equal(JobsFault.is(fault, 'NO_MAJORITY'), false)
    equal(JobsFault.is(new RangeError('x')), false)
  })

  it('lists its codes in order', () => {
    deepEqual(JobsFault.codes, [...JobsFault.codes].sort())
  })
})
