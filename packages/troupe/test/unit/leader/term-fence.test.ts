/**
 * What stands before a store that several leaders may write to.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError, termFence } from 'troupe'

describe('a fence of terms', () => {
  it('refuses a lower term than the highest it has seen, and no other', () => {
    const fence = termFence()
    fence.admit(4)
    fence.admit(4)
    assert.throws(
      () => fence.admit(3),
      (error) =>
        TroupeError.is(error, 'TERM_STALE') &&
        error.detail.term === 3 &&
        error.detail.highest === 4,
    )
    assert.equal(fence.term, 4)
    assert.equal(fence.admits(5), true)
    assert.equal(fence.admits(4), false)
  })

  it('begins with the term that was kept', () => {
    const fence = termFence({ term: 7 })
    assert.equal(fence.admits(6), false)
    assert.equal(fence.admits(7), true)
  })

  it('tells keys apart: one that nobody newer has touched takes a lower term', () => {
    const fence = termFence()
    fence.admit(5, 'one')
    assert.equal(fence.admits(4, 'two'), true)
    assert.equal(fence.admits(4, 'one'), false)
    assert.equal(fence.termOf('two'), 4)
    assert.equal(fence.term, 5)
  })

  it('closes every key with a term without one', () => {
    const fence = termFence()
    fence.admit(2, 'one')
    fence.admit(6)
    assert.equal(fence.admits(5, 'one'), false)
    assert.equal(fence.admits(5, 'two'), false)
  })

  it('becomes stricter, not larger, at its limit of keys', () => {
    const fence = termFence({ keysMax: 2 })
    fence.admit(3, 'one')
    fence.admit(1, 'two')
    fence.admit(2, 'three')
    assert.equal(fence.admits(2, 'one'), false, 'the forgotten key holds')
    assert.equal(fence.admits(2, 'four'), false, 'and so for those without one')
    assert.equal(fence.admits(3, 'four'), true)
  })

  it('refuses what is no term, and options that cannot be', () => {
    for (const term of [-1, 1.5, Number.NaN, '4', undefined]) {
      assert.throws(
        () => termFence().admit(term as number),
        (error) => TroupeError.is(error, 'OPTION_INVALID'),
      )
    }
    assert.throws(
      () => termFence({ keysMax: 0 }),
      (error) => TroupeError.is(error, 'OPTION_INVALID') && error.detail.option === 'keysMax',
    )
  })
})
