/**
 * What a supervisor decides about a child that has ended: the whole truth table.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AutoShutdown, endsWithChild, verdictAfterExit } from '#actor/restart-verdict'
import { crashOf, custom, type ExitReason } from '#contract'

const CALM: readonly ExitReason[] = ['normal', 'shutdown']
const ABNORMAL: readonly ExitReason[] = [
  'killed',
  'no-process',
  'no-connection',
  'unregistered',
  crashOf(new RangeError('x')),
  custom('done'),
]

describe('the restart mode of a child', () => {
  it('a permanent child is restarted whatever the reason', () => {
    for (const reason of [...CALM, ...ABNORMAL]) {
      assert.equal(verdictAfterExit('permanent', reason), 'restart')
    }
  })

  it('a transient child is restarted after an abnormal end only', () => {
    for (const reason of CALM) assert.equal(verdictAfterExit('transient', reason), 'forget')
    for (const reason of ABNORMAL) assert.equal(verdictAfterExit('transient', reason), 'restart')
  })

  it('a temporary child is never restarted', () => {
    for (const reason of [...CALM, ...ABNORMAL]) {
      assert.equal(verdictAfterExit('temporary', reason), 'forget')
    }
  })
})

describe('the auto-shutdown of a supervisor', () => {
  const ends = (mode: AutoShutdown, significant: boolean, significantLeft: number, left: number) =>
    endsWithChild(mode, { significant, significantLeft, left })

  it('never ends it with the mode never', () => {
    assert.equal(ends('never', true, 0, 0), false)
  })

  it('ends it with any significant child', () => {
    assert.equal(ends('any-significant', true, 2, 3), true)
    assert.equal(ends('any-significant', false, 0, 0), false)
  })

  it('ends it with the last significant child', () => {
    assert.equal(ends('all-significant', true, 1, 3), false)
    assert.equal(ends('all-significant', true, 0, 3), true)
    assert.equal(ends('all-significant', false, 0, 0), false)
  })

  it('ends it when nobody is left', () => {
    assert.equal(ends('idle', false, 0, 1), false)
    assert.equal(ends('idle', false, 0, 0), true)
  })
})
