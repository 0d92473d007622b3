/**
 * test/mutants/store-faults: every fault is found within so many seeds, and none without one.
 */
import { deepEqual, notEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ETCD_FAULTS } from '#test/mutants/etcd-faults'
import { FaultLane } from '#test/mutants/fault-lane'
import { STORE_FAULTS } from '#test/mutants/store-faults'
import { tellEtcd } from '#test/store/etcd/etcd-story'
import { tell } from '#test/store/sim-story'

const SEEDS_MAX = 3_000
const seed = Number(process.env['TROUPE_SEED'] ?? 1)
const soakMs = Number(process.env['TROUPE_SOAK_MS'] ?? 60_000)

describe('the simulation of the stores', () => {
  for (const fault of [...STORE_FAULTS, ...ETCD_FAULTS]) {
    it(`finds: ${fault.name}`, async (t) => {
      const lane = await FaultLane.open()
      try {
        const { from = 1 } = fault
        const found = await lane.hunt(fault, { from, to: from + SEEDS_MAX })
        t.diagnostic(`found in seed ${found}`)
        notEqual(found, undefined)
      } finally {
        await lane.close()
      }
    })
  }

  it('finds nothing where there is no fault', async (t) => {
    const untilMs = performance.now() + soakMs / 2
    let stories = 0
    while (performance.now() < untilMs) {
      for (const story of [await tell(seed + stories), await tellEtcd(seed + stories)]) {
        deepEqual(story.breaches, [], `seed ${seed + stories}`)
      }
      stories += 1
    }
    t.diagnostic(`${stories} stories from seed ${seed}`)
  })
})
