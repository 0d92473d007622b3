/**
 * test/mutants/places: each planted fault has its place; whether it is found is the soak's affair.
 */
import { notEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ETCD_FAULTS } from '#test/mutants/etcd-faults'
import { FaultLane, planted, soundSource } from '#test/mutants/fault-lane'
import { STORE_FAULTS } from '#test/mutants/store-faults'

describe('the faults planted in the stores', () => {
  it('have their places', async () => {
    for (const fault of [...STORE_FAULTS, ...ETCD_FAULTS]) {
      const sound = await soundSource(fault)
      notEqual(planted(fault, sound), sound, fault.name)
    }
  })

  it('are found: a write that is acknowledged before a majority has it', async () => {
    const lane = await FaultLane.open()
    try {
      const [first] = STORE_FAULTS
      notEqual(first && (await lane.hunt(first, { from: 1, to: 40 })), undefined)
    } finally {
      await lane.close()
    }
  })
})
