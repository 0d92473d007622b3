/** store/dirty-slots: each changed slot once, the oldest first. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DirtySlots } from '#traffic/store/dirty-slots'

describe('dirty slots', () => {
  it('equal a list without repetition, through any marks and takes', () => {
    const step = fc.oneof(
      fc.record({ mark: fc.nat({ max: 5_000 }) }),
      fc.record({ take: fc.nat({ max: 40 }) }),
      fc.record({ mark: fc.nat({ max: 20 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const dirty = new DirtySlots()
        let plain: number[] = []
        for (const one of steps) {
          if ('mark' in one) {
            dirty.mark(one.mark)
            if (!plain.includes(one.mark)) plain.push(one.mark)
          } else {
            assert.deepEqual([...dirty.take(one.take)], plain.slice(0, one.take))
            plain = plain.slice(one.take)
          }
          assert.equal(dirty.size, plain.length)
        }
      }),
    )
  })

  it('take no more room than there are slots, however often they change', () => {
    const dirty = new DirtySlots()
    for (let i = 0; i < 100_000; i += 1) dirty.mark(i % 2_000)
    assert.equal(dirty.size, 2_000)
  })
})
