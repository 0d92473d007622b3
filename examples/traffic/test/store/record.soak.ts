/**
 * store/record and emergency/record, for as long as it is given: read as the plain way does.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzz, soakBudget } from '@troupe/tools/fuzz'
import { emergencyFuzzer, positionFuzzer } from '#test/store/record-fuzz'

const budget = soakBudget(2)

it('any record of a position is read as the plain way reads it', (t) => {
  t.diagnostic(`seed ${budget.seed}: ${fuzz(positionFuzzer, budget)} cases`)
})

it('any record of an emergency is read as the plain way reads it', (t) => {
  t.diagnostic(`seed ${budget.seed}: ${fuzz(emergencyFuzzer, budget)} cases`)
})
