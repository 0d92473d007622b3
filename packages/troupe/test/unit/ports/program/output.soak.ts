/**
 * ports/program/output, for as long as it is given: any output is handed on as the plain way does.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzzSlowly, soakBudget } from '@troupe/tools/fuzz'
import { outputFuzzer } from '#test/unit/ports/program/output-fuzz'

it('any output of a program is handed on as the plain decoder cuts it', async (t) => {
  const budget = soakBudget()
  t.diagnostic(`seed ${budget.seed}: ${await fuzzSlowly(outputFuzzer, budget)} cases`)
})
