/**
 * replay/recording, for as long as it is given: it reads any file as the plain way does.
 *
 * Seed and time come from `npm run soak`.
 */
import { it } from 'node:test'
import { fuzzSlowly, soakBudget } from '@troupe/tools/fuzz'
import { recordingFuzzer } from '#test/replay/recording-fuzz'

it('any recording is read as the plain way reads it', async (t) => {
  const budget = soakBudget()
  t.diagnostic(`seed ${budget.seed}: ${await fuzzSlowly(recordingFuzzer, budget)} cases`)
})
