/**
 * metrics/test/mutants: faults that are planted in this package are caught, and without them
 * nothing is.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PLANTED_FAULTS } from './planted-faults.js'
import { Plot } from './planting.js'

describe('a planted fault', () => {
  let plot: Plot
  before(async () => {
    plot = await Plot.open()
  })
  after(() => plot.close())

  for (const test of new Set(PLANTED_FAULTS.map(({ caughtBy }) => caughtBy))) {
    it(`is needed: without one ${test} passes in the copy`, async () => {
      assert.ok(!(await plot.fails(test)))
    })
  }
  for (const fault of PLANTED_FAULTS) {
    it(`is caught: ${fault.name}`, async () => {
      assert.ok(await plot.fails(fault.caughtBy, fault))
    })
  }
})
