/**
 * Faults that are planted in this package are caught, and without them nothing is.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { CLIENT_FAULTS } from './client-faults.js'
import { LEADER_FAULTS } from './leader-faults.js'
import { Plot } from './planting.js'

const FAULTS = [...CLIENT_FAULTS, ...LEADER_FAULTS]

describe('a planted fault', () => {
  let plot: Plot
  before(async () => {
    plot = await Plot.open()
  })
  after(() => plot.close())

  it('is needed: without one the copy is sound', async () => {
    assert.ok(!(await plot.fails('leader/etcd-arbiter.test')))
  })
  for (const fault of FAULTS) {
    it(`is caught: ${fault.name}`, async () => {
      assert.ok(await plot.fails(fault.caughtBy, fault))
    })
  }
})
