/**
 * store/data-file, for as long as it is given: a damaged file is refused, or serves what it kept.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzz, soakBudget } from '@troupe/tools/fuzz'
import { dataFileFuzzer } from '#test/store/data-file-fuzz'

it('a damaged data file is refused, or keeps and serves what it kept', async (t) => {
  const fuzzer = await dataFileFuzzer(t)
  const budget = soakBudget()
  const cases = fuzz(fuzzer, budget)
  t.diagnostic(`seed ${budget.seed}: ${cases} cases, ${fuzzer.uses()} used`)
})
