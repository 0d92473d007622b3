/**
 * coordinator/schedule under all that can happen, by seeds; and with faults that must be seen.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Schedule } from '#jobs/coordinator/schedule'
import { SCHEDULE_FAULTS, withFault } from './schedule-faults.js'
import { trial } from './trial.js'

const SEEDS = Number(process.env['TROUPE_SEEDS'] ?? 25)
const SEEDS_FOR_A_FAULT = 100

describe('a schedule, whatever happens', () => {
  it(`loses no job and gives no try to two workers, in ${SEEDS} stories`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      assert.deepEqual(trial(seed, Schedule), [], `seed ${seed}`)
    }
  })

  for (const fault of SCHEDULE_FAULTS) {
    it(`is caught when it has a fault: ${fault.name}`, async () => {
      const broken = await withFault(fault)
      let seed = 1
      while (seed <= SEEDS_FOR_A_FAULT && trial(seed, broken).length === 0) seed += 1
      assert.ok(seed <= SEEDS_FOR_A_FAULT, `not seen in ${SEEDS_FOR_A_FAULT} stories`)
    })
  }
})
