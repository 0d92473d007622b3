/**
 * metrics/test/mutants/places: each planted fault has its place; whether it is caught is the soak's
 * affair.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PLANTED_FAULTS } from './planted-faults.js'
import { hasTest, planted, soundSource } from './planting.js'

describe('the faults planted in this package', () => {
  it('have their places, and a test that is there', async () => {
    for (const fault of PLANTED_FAULTS) {
      const sound = await soundSource(fault)
      assert.notEqual(planted(fault, sound), sound, fault.name)
      assert.ok(hasTest(fault), fault.caughtBy)
    }
  })

  it('have a name each', () => {
    const names = PLANTED_FAULTS.map(({ name }) => name)
    assert.deepEqual(names, [...new Set(names)])
  })
})
